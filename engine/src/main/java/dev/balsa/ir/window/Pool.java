package dev.balsa.ir.window;

import dev.balsa.ir.Inference;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import java.util.List;

/// An operator that reduces every window of every channel of an image `[batch, channels, spatial...]` to one element.
public sealed interface Pool extends Window permits MaxPool, AveragePool, LpPool {
    /// How the window moves.
    WindowAttributes window();

    /// The geometry for a concrete image, padding and output lengths resolved.
    ///
    /// @throws dev.balsa.error.ShapeException if the window does not fit
    default WindowGeometry geometry(Shape image) {
        return window().over(image);
    }

    @Override
    default List<TensorType> infer(Inference in) {
        return List.of(in.type(0).withShape(outputShape(in)));
    }

    /// The output shape, as far as the image's shape tells.
    default SymbolicShape outputShape(Inference in) {
        var image = in.shape(0);
        if (!image.hasRank()) {
            return SymbolicShape.ofRank(window().kernel().size() + 2);
        }
        window().checkRank(image.rank() - 2);
        return window().shapeOver(image, image.dim(1));
    }

    /// The output shape over a concrete image.
    static Shape outputShape(Shape image, WindowGeometry geometry) {
        return Shape.of(geometry.outputDims(image.dim(0), image.dim(1)));
    }
}
