package dev.balsa.ir.quantization;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.tensor.Shape;
import java.util.Optional;

/// Which elements of a tensor share a scale (ONNX QuantizeLinear, *quantization granularities*): all of them, those at
/// the same place of one axis, or blocks along that axis.
///
/// @param axis the axis; negative ones count from the back
/// @param blockSize elements of a block; 0 without blocks
record Granularity(long axis, long blockSize) {
    Granularity {
        if (blockSize < 0) {
            throw new ModelFormatException(
                    "attribute \"block_size\": expected 0 or more, found " + blockSize + "; check the model");
        }
    }

    /// Where the scale of an element is found: the flat index of element `[outer, place, inner]` of the tensor seen
    /// in three dimensions around the axis.
    record Index(long places, long inner, long block, long outerStride, long placeStride, long innerStride) {
        long of(long element) {
            long outer = element / (places * inner);
            long place = element / inner % places;
            return outer * outerStride + place / block * placeStride + element % inner * innerStride;
        }
    }

    /// How scales are found for a tensor of the given shape, which has elements.
    ///
    /// @throws ShapeException if the shape of the scale does not fit
    Index index(Shape data, Shape scale) {
        check(SymbolicShape.of(data), SymbolicShape.of(scale));
        if (isSingle(SymbolicShape.of(scale))) {
            return new Index(1, 1, 1, 0, 0, 0);
        }
        int at = Axes.normalize(axis, data.rank());
        long places = data.dim(at);
        long inner = data.size(at + 1, data.rank());
        return blockSize == 0
                ? new Index(places, inner, 1, 0, 1, 0)
                : new Index(places, inner, blockSize, scale.dim(at) * inner, inner, 1);
    }

    private static boolean isSingle(SymbolicShape scale) {
        return scale.rank() == 0 || scale.rank() == 1 && scale.dim(0).is(1);
    }

    /// @throws ShapeException if the scale certainly does not fit
    void check(SymbolicShape data, SymbolicShape scale) {
        if (!data.hasRank() || !scale.hasRank() || isSingle(scale)) {
            return;
        }
        int at = Axes.normalize(axis, data.rank());
        var expected = blockSize == 0
                ? SymbolicShape.of(data.dim(at))
                : data.with(at, blocks(data.dim(at)).orElse(Dim.UNKNOWN));
        boolean fits = scale.rank() == expected.rank();
        for (int i = 0; fits && i < scale.rank(); i++) {
            fits = scale.dim(i).mayEqual(expected.dim(i));
        }
        if (!fits) {
            throw new ShapeException("scale: wrong shape for data " + data + "; expected a scalar or " + expected
                    + (blockSize == 0 ? " (no block_size)" : " (block_size " + blockSize + ")") + ", found " + scale
                    + "; check axis and block_size");
        }
    }

    private Optional<Dim> blocks(Dim length) {
        return length.isKnown() ? Optional.of(Dim.of(Math.ceilDiv(length.get(), blockSize))) : Optional.empty();
    }

    /// As the other, before shapes need to be known: whether they certainly differ.
    static void checkSame(SymbolicShape scale, SymbolicShape zeroPoint) {
        scale.known().ifPresent(known -> zeroPoint.known().ifPresent(other -> checkSame(known, other)));
    }

    /// @throws ShapeException if a zero point has not as many elements as the scale
    static void checkSame(Shape scale, Shape zeroPoint) {
        if (scale.size() != zeroPoint.size()) {
            throw new ShapeException("zero point: wrong shape; expected that of the scale, " + scale + ", found "
                    + zeroPoint + "; check the model");
        }
    }
}
