package dev.balsa.ir.elementwise;

import dev.balsa.error.BalsaException;
import dev.balsa.error.UnsupportedException;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import java.util.List;

/// The input itself, and a mask that says that nothing was dropped (ONNX Dropout, opset 1 to 22).
///
/// Dropping elements at random is part of training and not offered: a node in training mode must have ratio 0.
///
/// @param numericMask whether the mask has the input's element type, as below opset 10; otherwise it is bool
public record Dropout(boolean numericMask) implements Elementwise {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Dropout")
            .in("data", Schema.FLOATS)
            .optional("ratio", Schema.FLOATS)
            .optional("training_mode", Schema.BOOLS)
            .out("output")
            .optionalOut("mask")
            .reader(Dropout::read);

    private static final double DEFAULT_RATIO = 0.5;

    private static Dropout read(NodeReader node) {
        if (node.opset() < 7 && node.integer("is_test", 0) == 0 && node.real("ratio", 0.5F) != 0) {
            throw node.unsupported("training (is_test is 0); export the model for inference");
        }
        var training = node.constant(2);
        if (node.input(2).isPresent() && training.isEmpty()) {
            return new Dropout(false);
        }
        // Without training, the ratio says nothing.
        if (training.isEmpty() || training.get().size() == 1 && !training.get().getBoolean(0)) {
            node.truncateInputs(1);
        }
        return new Dropout(node.opset() < 10);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(in.type(0), in.type(0).withType(maskType(in.dtype(0))));
    }

    private DataType maskType(DataType data) {
        return numericMask ? data : DataType.BOOL;
    }

    @Override
    public void evaluate(Evaluation run) {
        if (run.has(2) && run.input(2).size() > 0 && run.input(2).getBoolean(0) && ratio(run) != 0) {
            throw training(ratio(run));
        }
        var x = run.input(0);
        run.pass(0, x);
        if (run.wants(1)) {
            var mask = run.output(1, maskType(x.type()), x.shape());
            for (long i = 0; i < mask.size(); i++) {
                mask.setLong(i, 1);
            }
        }
    }

    private static double ratio(Evaluation run) {
        return run.has(1) && run.input(1).size() > 0 ? run.input(1).getDouble(0) : DEFAULT_RATIO;
    }

    private static BalsaException training(double ratio) {
        return new UnsupportedException("training with dropout ratio " + ratio + " is not supported; expected input "
                + "\"training_mode\" to be false or the ratio to be 0; export the model for inference");
    }
}
