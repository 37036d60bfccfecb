package dev.balsa.ir;

import dev.balsa.error.ResourceException;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;

/// The check that outputs whose shapes only a run tells stay within the memory that a model may take.
public final class OutputLimit {
    private OutputLimit() {}

    /// Does nothing if a tensor takes at most `most` bytes.
    ///
    /// @throws ResourceException if it takes more; names the output and the sizes
    public static void check(int index, DataType type, Shape shape, long most) {
        // A string is at least a reference.
        long bytes = type == DataType.STRING
                ? shape.size() > Long.MAX_VALUE / 8 ? Long.MAX_VALUE : shape.size() * 8
                : shape.size() / 8 > Long.MAX_VALUE / 64 ? Long.MAX_VALUE : type.bytes(shape.size());
        if (bytes > most) {
            throw new ResourceException("output " + index + " is " + type + " " + shape + ", " + bytes
                    + " bytes; expected at most " + most + "; check the shapes, or allow more memory");
        }
    }
}
