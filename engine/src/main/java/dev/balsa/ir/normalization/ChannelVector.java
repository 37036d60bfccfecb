package dev.balsa.ir.normalization;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.SymbolicShape;

/// Inputs with one number per channel.
final class ChannelVector {
    private ChannelVector() {}

    /// The channels of an image `[batch, channels, spatial...]`; a vector is a batch of one channel.
    static Dim channels(SymbolicShape image) {
        if (!image.hasRank()) {
            return Dim.UNKNOWN;
        }
        return switch (image.rank()) {
            case 0 ->
                throw new ShapeException("input 0: wrong shape; expected [batch, channels, spatial...], found a "
                        + "scalar; check the model's inputs");
            case 1 -> Dim.of(1);
            default -> image.dim(1);
        };
    }

    /// @throws ShapeException if input `index` has not the shape `[channels]`
    static void check(Inference in, int index, Dim channels) {
        var shape = in.shape(index);
        if (shape.hasRank() && (shape.rank() != 1 || !shape.dim(0).mayEqual(channels))) {
            throw in.mismatch(index, "wrong shape of a number per channel", "[" + channels + "]", shape);
        }
    }

    /// The numbers of input `index`.
    ///
    /// @throws ShapeException if there are not `channels` of them
    static double[] read(Evaluation run, int index, long channels) {
        var vector = run.input(index);
        if (vector.size() != channels) {
            throw new ShapeException("input " + index + ": expected " + channels + " numbers, one per channel, found "
                    + "shape " + vector.shape() + "; check the model's inputs");
        }
        return vector.toDoubleArray();
    }
}
