package dev.balsa.kernel.movement;

import dev.balsa.kernel.LoopNest;
import dev.balsa.kernel.Storage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A contiguous result whose elements are found in the input by strides: ONNX Transpose, Slice, Split, Expand, Tile,
/// DepthToSpace, SpaceToDepth.
///
/// Operands: 0 is the input, 1 is the output, contiguous and row-major but for gaps between its rows; they share no
/// memory. Element `(i, j, ...)` of the output is element `start + i * strides[0] + j * strides[1] + ...` of the input.
/// Strides may be 0 or negative.
///
/// @param elementBytes 1, 2, 4 or 8
/// @param shape the output's dimensions, outermost first
/// @param start where the output's first element lies, in elements
/// @param strides per dimension of the output, the distance of neighbours in the input, in elements
/// @param resultStep elements from a row of the output, which is its innermost dimension, to the next: at least as many
///     as that has
/// @param result how the output is stored: as the input is ([Storage#FLOATS]), or floats as [Storage#BFLOAT16]
public record StridedCopyRequest(
        int elementBytes, List<Long> shape, long start, List<Long> strides, long resultStep, Storage result) {
    /// Copies the lists and checks ranks.
    public StridedCopyRequest {
        shape = List.copyOf(shape);
        strides = List.copyOf(strides);
        if (shape.size() != strides.size() || !List.of(1, 2, 4, 8).contains(elementBytes)) {
            throw new IllegalArgumentException(
                    "strided copy: expected as many strides as dimensions and elements of 1, 2, 4 "
                            + "or 8 bytes, found shape " + shape + ", strides " + strides + ", " + elementBytes
                            + " bytes");
        }
    }

    /// A copy whose output has no gaps.
    public StridedCopyRequest(int elementBytes, List<Long> shape, long start, List<Long> strides) {
        this(elementBytes, shape, start, strides, shape.isEmpty() ? 1 : shape.getLast(), Storage.FLOATS);
    }

    /// Whether the output has no gaps.
    boolean isDense() {
        return shape.isEmpty() || resultStep == shape.getLast();
    }

    /// The same with rows of the output apart.
    StridedCopyRequest apart(long step) {
        return new StridedCopyRequest(elementBytes, shape, start, strides, step, result);
    }

    /// The same of floats with the output stored otherwise.
    StridedCopyRequest stored(Storage storage) {
        return new StridedCopyRequest(elementBytes, shape, start, strides, resultStep, storage);
    }

    /// Whether elements are copied as they are.
    boolean keepsElements() {
        return result == Storage.FLOATS;
    }

    /// The walk over the output, with the input as its only operand, in elements.
    LoopNest nest() {
        return new LoopNest(shape, List.of(strides));
    }

    /// The walk with the input and the output.
    LoopNest nestOfBoth() {
        return new LoopNest(shape, List.of(strides, LoopNest.strides(shape, resultStep)));
    }

    /// The input's dimension `permutation[d]` becomes dimension `d`.
    public static StridedCopyRequest transpose(int elementBytes, List<Long> input, List<Integer> permutation) {
        var contiguous = contiguous(input);
        return new StridedCopyRequest(
                elementBytes,
                permutation.stream().map(input::get).toList(),
                0,
                permutation.stream().map(contiguous::get).toList());
    }

    /// `counts[d]` elements of dimension `d`, from `starts[d]` on in steps of `steps[d]`, which may be negative.
    public static StridedCopyRequest slice(
            int elementBytes, List<Long> input, List<Long> starts, List<Long> steps, List<Long> counts) {
        var contiguous = contiguous(input);
        long start = 0;
        var strides = new ArrayList<Long>();
        for (int d = 0; d < input.size(); d++) {
            start += starts.get(d) * contiguous.get(d);
            strides.add(steps.get(d) * contiguous.get(d));
        }
        return new StridedCopyRequest(elementBytes, counts, start, strides);
    }

    /// The input broadcast to `result` by the rules of NumPy.
    public static StridedCopyRequest expand(int elementBytes, List<Long> input, List<Long> result) {
        var contiguous = contiguous(input);
        var missing = result.size() - input.size();
        var strides = new ArrayList<>(Collections.nCopies(missing, 0L));
        for (int d = 0; d < input.size(); d++) {
            strides.add(input.get(d) == 1 ? 0L : contiguous.get(d));
        }
        return new StridedCopyRequest(elementBytes, result, 0, strides);
    }

    /// Dimension `d` of the input repeated `repeats[d]` times. The shape has two dimensions for each of the
    /// result's.
    public static StridedCopyRequest tile(int elementBytes, List<Long> input, List<Long> repeats) {
        var contiguous = contiguous(input);
        var shape = new ArrayList<Long>();
        var strides = new ArrayList<Long>();
        for (int d = 0; d < input.size(); d++) {
            Collections.addAll(shape, repeats.get(d), input.get(d));
            Collections.addAll(strides, 0L, contiguous.get(d));
        }
        return new StridedCopyRequest(elementBytes, shape, 0, strides);
    }

    private static List<Long> contiguous(List<Long> shape) {
        var strides = new ArrayList<Long>();
        long stride = 1;
        for (var size : shape.reversed()) {
            strides.addFirst(stride);
            stride *= size;
        }
        return strides;
    }
}
