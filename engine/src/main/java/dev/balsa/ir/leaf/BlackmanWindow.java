package dev.balsa.ir.leaf;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;
import java.util.List;

/// The Blackman window: a sum of two cosines (ONNX BlackmanWindow, opset 17).
///
/// @param type the element type of the window
/// @param periodic whether the window is one period of a periodic function; otherwise it is symmetric
public record BlackmanWindow(DataType type, boolean periodic) implements CosineWindow {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("BlackmanWindow")
            .since(17)
            .in("size", Schema.INDICES)
            .out("output")
            .reader(node -> CosineWindow.read(node, BlackmanWindow::new));

    // The rounded coefficients that ONNX prescribes.
    private static final List<Double> COEFFICIENTS = List.of(0.42, 0.5, 0.08);

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<Double> coefficients() {
        return COEFFICIENTS;
    }
}
