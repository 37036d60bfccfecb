package dev.balsa.ir.leaf;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.util.List;

/// A window function that is a sum of cosines, as long as the scalar input says.
///
/// Element n is a0 - a1 cos(2 pi n / N) + a2 cos(4 pi n / N), where N is the length of the window, or one less if it is
/// symmetric. A window of one element is 1.
public sealed interface CosineWindow extends Leaf permits BlackmanWindow, HammingWindow, HannWindow {
    /// The element type of the window.
    DataType type();

    /// Whether the window is one period of a periodic function; otherwise it is symmetric.
    boolean periodic();

    /// The coefficients a0, a1 and a2.
    List<Double> coefficients();

    /// Makes the operator from attributes `output_datatype` and `periodic`.
    static CosineWindow read(NodeReader node, WindowMaker maker) {
        var type = node.dtype("output_datatype").orElse(DataType.FLOAT32);
        if (!type.isNumeric()) {
            throw node.malformed("attribute \"output_datatype\": expected a numeric type, found " + type);
        }
        return maker.make(type, node.integer("periodic", 1) != 0);
    }

    /// The constructor of a window.
    @FunctionalInterface
    interface WindowMaker {
        /// A window with these attributes.
        CosineWindow make(DataType type, boolean periodic);
    }

    @Override
    default List<TensorType> infer(Inference in) {
        var length = in.contents(0).filter(dims -> dims.size() == 1).map(List::getFirst);
        return List.of(new TensorType(type(), SymbolicShape.of(length.orElse(Dim.UNKNOWN))));
    }

    @Override
    default void evaluate(Evaluation run) {
        if (run.input(0).size() != 1 || run.input(0).getLong(0) < 0) {
            throw new ShapeException("input 0 \"size\": expected one length of at least 0, found " + run.input(0)
                    + (run.input(0).size() == 1 ? " holding " + run.input(0).getLong(0) : "")
                    + "; check the model's inputs");
        }
        long size = run.input(0).getLong(0);
        var y = run.output(0, type(), Shape.of(size));
        if (size == 1) {
            y.setDouble(0, 1);
            return;
        }
        double step = 2 * Math.PI / (periodic() ? size : size - 1);
        var a = coefficients();
        for (long n = 0; n < size; n++) {
            y.setDouble(n, a.get(0) - a.get(1) * Math.cos(n * step) + a.get(2) * Math.cos(2 * n * step));
        }
    }
}
