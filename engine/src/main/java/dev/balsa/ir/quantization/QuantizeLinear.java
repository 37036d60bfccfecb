package dev.balsa.ir.quantization;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Numbers to integers: `x / scale`, rounded half to even, plus zero point, cut to the type's range (ONNX
/// QuantizeLinear, opset 10 to 25). (`saturate` concerns 8-bit floats, which Balsa does not have.)
///
/// Inputs: the data, the scale, and optionally the zero point, of the scale's shape: one for all, one per place of an
/// axis, or one per block along that axis.
///
/// @param axis the axis of scales per place or block; negative ones count from the back
/// @param blockSize elements that share a scale along the axis; 0 without blocks
/// @param to the element type of the output
/// @param precision the type in which is divided; by default that of the scale
public record QuantizeLinear(long axis, long blockSize, DataType to, Optional<DataType> precision)
        implements Quantization {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("QuantizeLinear")
            .since(10)
            .in("x", numbers())
            .in("y_scale", numbers())
            .optional("y_zero_point", QuantizedTypes.SMALL)
            .out("y")
            .reader(QuantizeLinear::read);

    private static Set<DataType> numbers() {
        var types = EnumSet.of(DataType.INT32);
        types.addAll(Schema.FLOATS);
        return Set.copyOf(types);
    }

    private static QuantizeLinear read(NodeReader node) {
        var asked = given(node, "output_dtype");
        var zeroPoint = node.input(2);
        if (zeroPoint.isPresent()
                && asked.isPresent()
                && asked.get() != zeroPoint.type().dtype()) {
            throw node.malformed("attribute \"output_dtype\" is " + asked.get() + ", but the zero point is "
                    + zeroPoint.type().dtype());
        }
        return new QuantizeLinear(
                node.integer("axis", 1),
                node.integer("block_size", 0),
                zeroPoint.isPresent() ? zeroPoint.type().dtype() : asked.orElse(DataType.UINT8),
                given(node, "precision"));
    }

    /// The element type of an attribute in which 0 means none.
    static Optional<DataType> given(NodeReader node, String attribute) {
        return node.integer(attribute, 0) == 0 ? Optional.empty() : node.dtype(attribute);
    }

    /// Checks the attributes.
    public QuantizeLinear {
        new Granularity(axis, blockSize);
        QuantizedTypes.check("output_dtype", to, QuantizedTypes.SMALL);
        precision.ifPresent(type -> QuantizedTypes.check("precision", type, Schema.FLOATS));
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        new Granularity(axis, blockSize).check(in.shape(0), in.shape(1));
        if (in.has(2)) {
            Granularity.checkSame(in.shape(1), in.shape(2));
        }
        QuantizedTypes.checkZeroPoint(in, 2, to);
        return List.of(in.type(0).withType(to));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var scale = run.input(1);
        var y = run.output(0, to, x.shape());
        if (run.has(2)) {
            Granularity.checkSame(scale.shape(), run.input(2).shape());
        }
        if (x.size() == 0) {
            return;
        }
        var index = new Granularity(axis, blockSize).index(x.shape(), scale.shape());
        var type = precision.orElse(scale.type().isFloat() ? scale.type() : DataType.FLOAT32);
        for (long i = 0; i < x.size(); i++) {
            long s = index.of(i);
            double scaled = Requantization.divide(x.getDouble(i), scale.getDouble(s), type);
            y.setLong(
                    i, Requantization.quantize(scaled, run.has(2) ? run.input(2).getLong(s) : 0, to));
        }
    }
}
