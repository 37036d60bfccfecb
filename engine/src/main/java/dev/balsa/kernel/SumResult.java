package dev.balsa.kernel;

/// What becomes of exact 32-bit sums of products of integers before they are stored. In this order: a bias of
/// integers is added, if there is one; then, but for [Type#INT32], they become floats and go through the other
/// stages of the epilogue; then, for 8-bit types, they are quantised as ONNX QuantizeLinear (opset 10-25) says:
/// divided by the scale, rounded half to even, moved by the zero point, cut to the range of the type.
///
/// @param biased whether the first stage of the epilogue is the addition of 32-bit integers, by column; they wrap
///     around
/// @param type of what is stored
/// @param scale for 8-bit types; else 1
/// @param zeroPoint for 8-bit types, of the type's range; else 0
/// @param ordered whether what is quantised is never NaN, which becomes the zero point
public record SumResult(boolean biased, Type type, float scale, int zeroPoint, boolean ordered) {
    /// An element type of a result.
    public enum Type {
        INT32(Integer.BYTES),
        FLOAT32(Float.BYTES),
        INT8(Byte.BYTES),
        UINT8(Byte.BYTES);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        /// Bytes of an element.
        public int bytes() {
            return bytes;
        }
    }

    /// A result of which nothing is known.
    public SumResult(boolean biased, Type type, float scale, int zeroPoint) {
        this(biased, type, scale, zeroPoint, false);
    }

    /// The sums as they are.
    public static final SumResult SUMS = new SumResult(false, Type.INT32, 1, 0);

    /// Checks that the zero point is of the type.
    public SumResult {
        if (isQuantized(type) ? zeroPoint < lowest(type) || zeroPoint > lowest(type) + 255 : zeroPoint != 0) {
            throw new IllegalArgumentException("zero point " + zeroPoint + ": expected one of the type " + type);
        }
    }

    private static boolean isQuantized(Type type) {
        return type == Type.INT8 || type == Type.UINT8;
    }

    private static int lowest(Type type) {
        return type == Type.INT8 ? Byte.MIN_VALUE : 0;
    }

    /// Whether the result has an 8-bit type.
    public boolean isQuantized() {
        return isQuantized(type);
    }

    /// The least result of an 8-bit type.
    public int lowest() {
        return lowest(type);
    }

    /// The greatest result of an 8-bit type.
    public int highest() {
        return lowest() + 255;
    }

    /// Bytes of an element of the result.
    public int bytes() {
        return type.bytes;
    }

    /// Names all of it, for routines and keys.
    public String label() {
        return (biased ? "biased" : "")
                + switch (type) {
                    case INT32 -> "s32";
                    case FLOAT32 -> "f32";
                    case INT8, UINT8 ->
                        (type == Type.INT8 ? "s8" : "u8") + "(" + scale + " " + zeroPoint + (ordered ? "" : " NaN")
                                + ")";
                };
    }
}
