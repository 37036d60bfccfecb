package dev.balsa.ir.leaf;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;
import java.util.List;

/// The Hamming window: a raised cosine that stays above 0 at the ends (ONNX HammingWindow, opset 17).
///
/// @param type the element type of the window
/// @param periodic whether the window is one period of a periodic function; otherwise it is symmetric
public record HammingWindow(DataType type, boolean periodic) implements CosineWindow {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("HammingWindow")
            .since(17)
            .in("size", Schema.INDICES)
            .out("output")
            .reader(node -> CosineWindow.read(node, HammingWindow::new));

    // The coefficient 25/46 cancels the first side lobe; ONNX prescribes it.
    private static final List<Double> COEFFICIENTS = List.of(25.0 / 46, 21.0 / 46, 0.0);

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<Double> coefficients() {
        return COEFFICIENTS;
    }
}
