package dev.balsa.onnx.proto;

import dev.balsa.error.ModelFormatException;

/// The element types of ONNX by number (onnx.proto, TensorProto.DataType): how many bits an element takes.
public final class ElementBits {
    /// The number of the type of strings, which have no fixed size.
    public static final int STRING = 8;

    private static final int[] BITS = {
        0, 32, 8, 8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64, 64, 128, 16, 8, 8, 8, 8, 4, 4, 4, 8, 2, 2
    };

    private ElementBits() {}

    /// Bits of one element: 2 to 128.
    ///
    /// @param place what has this type, for the error
    /// @throws ModelFormatException for a number that is not an element type, and for strings
    public static int of(int type, String place) {
        if (type <= 0 || type >= BITS.length || type == STRING) {
            throw new ModelFormatException(place + ": bad element type; expected an ONNX number from 1 to "
                    + (BITS.length - 1) + " other than " + STRING + " (string) for numeric data, found " + type);
        }
        return BITS[type];
    }

    /// Bytes that `count` elements take, packed without gaps: 4-bit types two to a byte, 2-bit types four.
    public static long bytes(int type, long count, String place) {
        long bits = of(type, place);
        try {
            return bits >= 8 ? Math.multiplyExact(count, bits / 8) : Math.ceilDiv(count, 8 / bits);
        } catch (ArithmeticException e) {
            throw new ModelFormatException(
                    place + ": tensor is too large; expected less than 2^63 bytes, found " + count + " elements", e);
        }
    }
}
