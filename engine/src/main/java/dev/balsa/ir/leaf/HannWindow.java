package dev.balsa.ir.leaf;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;
import java.util.List;

/// The Hann window: a raised cosine (ONNX HannWindow, opset 17).
///
/// @param type the element type of the window
/// @param periodic whether the window is one period of a periodic function; otherwise it is symmetric
public record HannWindow(DataType type, boolean periodic) implements CosineWindow {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("HannWindow")
            .since(17)
            .in("size", Schema.INDICES)
            .out("output")
            .reader(node -> CosineWindow.read(node, HannWindow::new));

    private static final List<Double> COEFFICIENTS = List.of(0.5, 0.5, 0.0);

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<Double> coefficients() {
        return COEFFICIENTS;
    }
}
