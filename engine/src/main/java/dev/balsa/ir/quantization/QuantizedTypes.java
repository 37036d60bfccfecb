package dev.balsa.ir.quantization;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Inference;
import dev.balsa.tensor.DataType;
import java.util.Set;

/// The element types of quantised operands.
final class QuantizedTypes {
    /// Types that floats are quantised to.
    static final Set<DataType> SMALL =
            Set.of(DataType.INT8, DataType.UINT8, DataType.INT16, DataType.UINT16, DataType.INT4, DataType.UINT4);
    /// Types that are brought back to floats.
    static final Set<DataType> DEQUANTIZED = Set.of(
            DataType.INT8,
            DataType.UINT8,
            DataType.INT16,
            DataType.UINT16,
            DataType.INT4,
            DataType.UINT4,
            DataType.INT32);
    /// Types that are multiplied.
    static final Set<DataType> BYTES = Set.of(DataType.INT8, DataType.UINT8);

    private QuantizedTypes() {}

    /// @throws ModelFormatException if an attribute says another type than those
    static void check(String attribute, DataType type, Set<DataType> allowed) {
        if (!allowed.contains(type)) {
            throw new ModelFormatException("attribute \"" + attribute + "\": expected one of "
                    + allowed.stream().sorted().toList() + ", found " + type + "; check the model");
        }
    }

    /// @throws ShapeException if a given zero point has another element type than the operand it belongs to
    static void checkZeroPoint(Inference in, int zeroPoint, DataType type) {
        if (in.has(zeroPoint) && in.dtype(zeroPoint) != type) {
            throw in.mismatch(
                    zeroPoint, "element type differs from that of the operand", type.toString(), in.dtype(zeroPoint));
        }
    }
}
