package dev.balsa.ir.window;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// A convolution of an image `[batch, channels, spatial...]` with weights `[outputs, channels / group, kernel...]`,
/// inputs 0 and 1.
public sealed interface Convolution extends Window permits Conv, DeformConv {
    /// How the kernel moves.
    WindowAttributes window();

    /// Groups of channels that do not see each other.
    long group();

    /// The geometry for concrete shapes of image and weights, padding and output lengths resolved.
    ///
    /// @throws ShapeException if the shapes do not fit
    default WindowGeometry geometry(Shape image, Shape weights) {
        outputShape(SymbolicShape.of(image), SymbolicShape.of(weights));
        return window().over(image, weights.toList().subList(2, weights.rank()));
    }

    /// The output shape, as far as the shapes of image and weights tell.
    ///
    /// @throws ShapeException if the shapes do not fit
    default SymbolicShape outputShape(SymbolicShape image, SymbolicShape weights) {
        if (!image.hasRank()) {
            return weights.hasRank()
                    ? SymbolicShape.ofRank(weights.rank()).with(1, weights.dim(0))
                    : SymbolicShape.UNKNOWN;
        }
        window().checkRank(image.rank() - 2);
        if (!weights.hasRank()) {
            return SymbolicShape.ofRank(image.rank()).with(0, image.dim(0));
        }
        check(image, weights);
        return window().shapeOver(image, weights.dim(0), kernel(weights));
    }

    private void check(SymbolicShape image, SymbolicShape weights) {
        if (weights.rank() != image.rank()) {
            throw misfit("rank differs from the image's", "rank " + image.rank(), weights);
        }
        var channels = weights.dim(1).times(Dim.of(group()));
        if (!image.dim(1).mayEqual(channels)) {
            throw misfit("channels differ", image.dim(1) + " in " + group() + " groups", weights);
        }
        if (weights.dim(0).isKnown() && weights.dim(0).get() % group() != 0) {
            throw misfit("groups do not divide the outputs", "a multiple of " + group(), weights);
        }
    }

    private List<Dim> kernel(SymbolicShape weights) {
        var kernel = new ArrayList<Dim>();
        for (int axis = 0; axis < weights.rank() - 2; axis++) {
            var own = weights.dim(axis + 2);
            var said =
                    window().kernel().isEmpty() ? own : Dim.of(window().kernel().get(axis));
            if (!own.mayEqual(said) || own.is(0)) {
                throw misfit(
                        "kernel differs from attribute \"kernel_shape\", or is empty",
                        window().kernel().toString(),
                        weights);
            }
            kernel.add(own.isKnown() ? own : said);
        }
        return kernel;
    }

    private static ShapeException misfit(String what, String expected, SymbolicShape found) {
        return new ShapeException("weights \"W\": " + what + "; expected " + expected + ", found " + found
                + "; check the model, or the shapes of its inputs");
    }

    /// Checks that a bias has one element per output channel.
    static void checkBias(SymbolicShape bias, Dim outputs) {
        if (bias.hasRank() && (bias.rank() != 1 || !bias.dim(0).mayEqual(outputs))) {
            throw new ShapeException("bias: expected one value per output channel, shape [" + outputs + "], found "
                    + bias + "; check the model");
        }
    }
}
