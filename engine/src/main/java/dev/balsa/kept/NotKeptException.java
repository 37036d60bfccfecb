package dev.balsa.kept;

/// Objects cannot be kept: there is something among them that makes sense in this process only.
public final class NotKeptException extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param reason what it is
    public NotKeptException(String reason) {
        super(reason);
    }
}
