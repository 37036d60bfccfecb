package dev.balsa.error;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// What every failure of Balsa is thrown as: unchecked, sealed, with an [ErrorCode] and a trail of context.
///
/// The message names the subject, what is wrong, what was expected, what was found and what to do. Code that knows more
/// about the place (the operator, the node, the file) adds it with [#within] while the exception passes through;
/// [#getMessage] then reads from the outermost place to the fault, as in
/// `model resnet.onnx: node 17 Conv "conv1": input 1 "W": rank mismatch; expected 4, found 3`.
public abstract sealed class BalsaException extends RuntimeException
        permits ModelFormatException, UnsupportedException, ShapeException, ResourceException, InternalException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient List<String> trail = new ArrayList<>(2);

    BalsaException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    BalsaException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /// The kind of this failure.
    public ErrorCode code() {
        return code;
    }

    /// Adds the place that the exception is leaving, unless it was added just before; returns this exception so that
    /// it can be rethrown in one line.
    public BalsaException within(String place) {
        if (trail.isEmpty() || !trail.getLast().equals(place)) {
            trail.add(place);
        }
        return this;
    }

    /// The places added by [#within], outermost first.
    public List<String> trail() {
        var outermostFirst = new ArrayList<>(trail);
        Collections.reverse(outermostFirst);
        return List.copyOf(outermostFirst);
    }

    @Override
    public String getMessage() {
        var text = new StringBuilder();
        for (var place : trail()) {
            text.append(place).append(": ");
        }
        return text.append(super.getMessage()).toString();
    }
}
