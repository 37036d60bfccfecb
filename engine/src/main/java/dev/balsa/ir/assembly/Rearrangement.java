package dev.balsa.ir.assembly;

import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.function.LongUnaryOperator;

/// Fills a tensor with elements of another: a function per axis says from which place each element comes.
final class Rearrangement {
    /// Given as a source place: the element of the target stays as it is.
    static final long NOWHERE = -1;

    /// Where the elements along one axis of the target come from.
    ///
    /// @param place the place along an axis of the source for a place along this axis, or [#NOWHERE]
    /// @param stride elements between neighbours along that axis of the source; 0 repeats one element
    record Axis(LongUnaryOperator place, long stride) {
        /// The same places in the same order.
        static Axis whole(long stride) {
            return new Axis(place -> place, stride);
        }

        long offset(long at) {
            long from = place.applyAsLong(at);
            return from < 0 ? NOWHERE : from * stride;
        }

        /// Whether the places `0 .. length - 1` come from neighbouring elements.
        boolean isRun(long length) {
            long first = offset(0);
            if (first < 0 || stride != 1) {
                return false;
            }
            for (long i = 1; i < length; i++) {
                if (offset(i) != first + i) {
                    return false;
                }
            }
            return true;
        }
    }

    private final Tensor target;
    private final Tensor source;
    private final List<Axis> axes;
    private final long[] place;
    /// The source offset of the current place up to each axis (exclusive), or [#NOWHERE].
    private final long[] offsets;

    private Rearrangement(Tensor target, Tensor source, List<Axis> axes) {
        this.target = target;
        this.source = source;
        this.axes = axes;
        place = new long[axes.size()];
        offsets = new long[axes.size()];
    }

    /// Fills `target`, which has as many dimensions as there are axes and the source's element type.
    static void fill(Tensor target, Tensor source, List<Axis> axes) {
        if (target.size() == 0) {
            return;
        }
        if (axes.isEmpty()) {
            target.copyElement(0, source, 0);
            return;
        }
        new Rearrangement(target, source, axes).run();
    }

    private void run() {
        long length = target.shape().dim(-1);
        boolean isRun = axes.getLast().isRun(length);
        update(0);
        for (long to = 0; to < target.size(); to += length) {
            row(to, length, isRun);
            next();
        }
    }

    private void row(long to, long length, boolean isRun) {
        long base = offsets[offsets.length - 1];
        if (base < 0) {
            return;
        }
        var inner = axes.getLast();
        if (isRun) {
            target.copyElements(to, source, base + inner.offset(0), length);
            return;
        }
        for (long i = 0; i < length; i++) {
            long from = inner.offset(i);
            if (from >= 0) {
                target.copyElement(to + i, source, base + from);
            }
        }
    }

    /// Goes to the next place of all axes but the last.
    private void next() {
        for (int axis = place.length - 2; axis >= 0; axis--) {
            if (++place[axis] < target.shape().dim(axis)) {
                update(axis);
                return;
            }
            place[axis] = 0;
        }
    }

    private void update(int changed) {
        for (int axis = changed; axis + 1 < offsets.length; axis++) {
            long step = offsets[axis] < 0 ? NOWHERE : axes.get(axis).offset(place[axis]);
            offsets[axis + 1] = step < 0 ? NOWHERE : offsets[axis] + step;
        }
    }
}
