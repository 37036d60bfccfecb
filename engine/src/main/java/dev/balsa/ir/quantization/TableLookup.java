package dev.balsa.ir.quantization;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Any function of 8-bit integers, told by its 256 results: `Y[i] = table[X[i]]`, where integers of a signed type
/// count by their bits, -1 as 255. Only rewrites make it.
public record TableLookup() implements Quantization {
    /// The results that a table has.
    public static final int RESULTS = 256;

    /// Not an operator of ONNX; the name is for messages.
    public static final Schema SCHEMA = Schema.of("TableLookup")
            .domain("dev.balsa")
            .in("X", QuantizedTypes.BYTES)
            .in("table", QuantizedTypes.BYTES)
            .out("Y");

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(in.type(0).withType(in.dtype(1)));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var table = run.input(1);
        if (table.size() != RESULTS) {
            throw new ShapeException("table: expected " + RESULTS + " results, found " + table.shape());
        }
        var y = run.output(0, table.type(), x.shape());
        var results = table.memory().toArray(ValueLayout.JAVA_BYTE);
        for (long i = 0; i < x.size(); i++) {
            int index = Byte.toUnsignedInt(x.memory().get(ValueLayout.JAVA_BYTE, i));
            y.memory().set(ValueLayout.JAVA_BYTE, i, results[index]);
        }
    }
}
