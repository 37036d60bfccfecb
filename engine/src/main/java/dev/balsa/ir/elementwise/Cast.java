package dev.balsa.ir.elementwise;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The elements converted to another type (ONNX Cast, opset 1 to 25; CastLike, opset 15 to 25).
///
/// Floats become the nearest value of a narrower float, are cut toward zero to integers, and are true unless 0.
/// Integers keep their low bits. Numbers become text in plain notation and are read from plain or scientific notation;
/// see [NumberText]. (`saturate` and `round_mode` concern 8-bit floats, which Balsa does not have.)
///
/// @param to the new element type
public record Cast(DataType to) implements Elementwise {
    private static final Schema LIKE = Schema.of("CastLike")
            .since(15)
            .in("input", Schema.ANY)
            .in("target_type", Schema.ANY)
            .out("output")
            .reader(Cast::readLike);

    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Cast")
            .in("input", Schema.ANY)
            .out("output")
            .reader(Cast::read)
            .alias(LIKE);

    private static final double TWO_TO_63 = 0x1p63;

    private static Cast read(NodeReader node) {
        if (node.opset() < 6) {
            var name = node.string("to", "");
            return new Cast(named(name)
                    .orElseThrow(() -> node.malformed("attribute \"to\": expected the name of an "
                            + "element type, found \"" + name + "\"; check the model")));
        }
        return new Cast(
                node.dtype("to").orElseThrow(() -> node.malformed("attribute \"to\" is missing; it is required")));
    }

    private static Cast readLike(NodeReader node) {
        if (!node.input(1).isPresent()) {
            throw node.malformed("input 1 \"target_type\" is missing; it is required");
        }
        var to = node.input(1).type().dtype();
        node.truncateInputs(1);
        return new Cast(to);
    }

    /// The type with the given name in onnx.proto.
    private static Optional<DataType> named(String name) {
        var own = switch (name) {
            case "FLOAT" -> "FLOAT32";
            case "DOUBLE" -> "FLOAT64";
            default -> name;
        };
        return Arrays.stream(DataType.values())
                .filter(type -> type.name().equals(own))
                .findFirst();
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(in.type(0).withType(to));
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        return to == DataType.INT64 || to == DataType.INT32 ? in.contents(0) : Optional.empty();
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        if (x.type() == to) {
            run.pass(0, x);
            return;
        }
        var y = run.output(0, to, x.shape());
        if (x.type() == DataType.FLOAT64 && y.type() == DataType.FLOAT32) {
            narrow(x.memory(), y.memory(), x.size());
            return;
        }
        for (long i = 0; i < x.size(); i++) {
            if (to == DataType.STRING) {
                y.setString(i, NumberText.of(x, i));
            } else if (x.type() == DataType.STRING) {
                NumberText.parse(x.getString(i), y, i);
            } else if (!x.type().isFloat() && !to.isFloat()) {
                y.setLong(i, x.getLong(i));
            } else if (x.type() == DataType.INT64 && to == DataType.FLOAT32) {
                // By way of a double it would be rounded twice.
                y.setDouble(i, (float) x.getLong(i));
            } else if (to.isInteger()) {
                y.setLong(i, integer(x.getDouble(i)));
            } else {
                y.setDouble(i, x.getDouble(i));
            }
        }
    }

    /// The weights of whole networks come this way: without asking for the type of each element.
    private static void narrow(MemorySegment x, MemorySegment y, long count) {
        for (long i = 0; i < count; i++) {
            y.setAtIndex(
                    ValueLayout.JAVA_FLOAT_UNALIGNED, i, (float) x.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, i));
        }
    }

    /// The number cut toward zero, where those from 2^63 on mean unsigned ones.
    private static long integer(double x) {
        return x >= TWO_TO_63 ? (long) (x - TWO_TO_63) + Long.MIN_VALUE : (long) x;
    }
}
