package dev.balsa.ir.elementwise;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;
import java.util.EnumSet;
import java.util.Set;

/// The bits of the first operand moved by as many places as the second says (ONNX BitShift, opset 11); zeros move in,
/// so that a shift by the type's width or more gives 0.
///
/// @param left whether towards the high bits
public record BitShift(boolean left) implements Bitwise {
    private static final Set<DataType> UNSIGNED =
            EnumSet.of(DataType.UINT8, DataType.UINT16, DataType.UINT32, DataType.UINT64);

    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("BitShift")
            .since(11)
            .in("X", UNSIGNED)
            .in("Y", UNSIGNED)
            .out("Z")
            .reader(BitShift::read);

    private static BitShift read(NodeReader node) {
        var direction = node.string("direction", "");
        return switch (direction) {
            case "LEFT" -> new BitShift(true);
            case "RIGHT" -> new BitShift(false);
            default ->
                throw node.malformed("attribute \"direction\": expected \"LEFT\" or \"RIGHT\", found \"" + direction
                        + "\"; check the model");
        };
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public long apply(long a, long b, DataType type) {
        if (Long.compareUnsigned(b, type.bits()) >= 0) {
            return 0;
        }
        return left ? a << b : a >>> b;
    }
}
