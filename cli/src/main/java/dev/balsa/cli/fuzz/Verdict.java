package dev.balsa.cli.fuzz;

/// What came of one damaged model.
public enum Verdict {
    /// It loads; it was not run, since that was not asked for or its inputs are large.
    LOADED,
    /// It loads and runs.
    RAN,
    /// Loading refuses it with an error that names the place.
    REFUSED,
    /// It loads; running it refuses with an error that names the place.
    REFUSED_IN_RUN,
    /// The error does not say where the fault is.
    PLACELESS,
    /// The engine blames itself ([dev.balsa.error.ErrorCode#INTERNAL]).
    DEFECT,
    /// Something other than a [dev.balsa.error.BalsaException] came out.
    ESCAPED,
    /// It took longer than it may.
    HUNG;

    /// Whether the engine behaved as it must not.
    public boolean isFailure() {
        return compareTo(PLACELESS) >= 0;
    }
}
