package dev.balsa.kernel.reduce;

import dev.balsa.kernel.LoopNest;
import java.util.ArrayList;
import java.util.List;

/// A reduction's shape taken apart: a walk over the outputs and, for each, one over what is reduced to it.
///
/// @param kept the walk over the dimensions that remain; its operand 0 is the input
/// @param reduced the walk over the dimensions that are reduced; its operand 0 is the input
record ReduceNests(LoopNest kept, LoopNest reduced) {
    static ReduceNests of(ReduceRequest request) {
        var shape = request.shape();
        var kept = new ArrayList<Long>();
        var keptStrides = new ArrayList<Long>();
        var reduced = new ArrayList<Long>();
        var reducedStrides = new ArrayList<Long>();
        long stride = 1;
        for (int d = shape.size() - 1; d >= 0; d--) {
            var isReduced = request.axes().contains(d);
            (isReduced ? reduced : kept).addFirst(shape.get(d));
            (isReduced ? reducedStrides : keptStrides).addFirst(stride);
            stride *= shape.get(d);
        }
        return new ReduceNests(
                new LoopNest(kept, List.of(keptStrides)), new LoopNest(reduced, List.of(reducedStrides)));
    }

    /// Whether neighbours in memory are reduced to the same output.
    boolean runsAlongReduced() {
        return kept.rank() == 0 || reduced.rank() > 0 && reduced.innerStride(0) == 1;
    }

    /// The number of reduced walks' rows; 0 if nothing is reduced to each output.
    long reducedRows() {
        return reduced.total() == 0 ? 0 : reduced.total() / reduced.inner();
    }
}
