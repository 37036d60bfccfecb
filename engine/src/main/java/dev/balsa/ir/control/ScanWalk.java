package dev.balsa.ir.control;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.NodeTyping;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// One walk of a [Scan] over its scanned inputs.
final class ScanWalk {
    /// Makes the tensor for a stacked output.
    @FunctionalInterface
    private interface Outputs {
        Tensor make(int index, DataType type, Shape shape);
    }

    private final Scan scan;
    private final Evaluation run;
    private final List<Tensor> stacks;
    private final List<Tensor> captured;
    private final int[] axes;
    private final long length;

    ScanWalk(Scan scan, Evaluation run, List<Tensor> stacks, List<Tensor> captured) {
        this.scan = scan;
        this.run = run;
        this.stacks = stacks;
        this.captured = captured;
        axes = new int[stacks.size()];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = Axes.normalize(scan.inputAxis(i), stacks.get(i).shape().rank());
        }
        length = stacks.getFirst().shape().dim(axes[0]);
        for (int i = 1; i < axes.length; i++) {
            if (stacks.get(i).shape().dim(axes[i]) != length) {
                throw new ShapeException("scanned input " + i + ": expected " + length
                        + " slices as in the first, found " + stacks.get(i).shape() + " along axis " + axes[i]);
            }
        }
    }

    /// The number of slices of every scanned input.
    long length() {
        return length;
    }

    /// Scans the first `steps` slices; stacked results go to the run's outputs, made for `room` slices.
    ///
    /// @return the last states
    List<Tensor> run(List<Tensor> initial, long steps, long room) {
        return walk(initial, steps, room, run::output);
    }

    /// The same with all outputs returned: the last states, then the stacked results with room for all slices.
    List<Tensor> collect(List<Tensor> initial, long steps) {
        var stacked = new ArrayList<Tensor>();
        var all = new ArrayList<>(walk(initial, steps, length, (_, type, shape) -> {
            stacked.add(Tensor.allocate(type, shape));
            return stacked.getLast();
        }));
        all.addAll(stacked);
        return all;
    }

    private List<Tensor> walk(List<Tensor> initial, long steps, long room, Outputs outputs) {
        var states = initial;
        var targets = new ArrayList<Tensor>();
        for (long i = 0; i < steps; i++) {
            var results = run.run(scan.body(), arguments(states, i));
            for (int k = states.size(); k < results.size(); k++) {
                int index = k - states.size();
                var slice = results.get(k);
                int axis = Axes.normalize(scan.outputAxis(index), slice.shape().rank() + 1);
                if (i == 0) {
                    targets.add(outputs.make(k, slice.type(), TensorStacks.stacked(slice.shape(), axis, room)));
                }
                long place = scan.isOutputReversed(index) ? steps - 1 - i : i;
                put(targets.get(index), axis, place, slice, k, room);
            }
            states = List.copyOf(results.subList(0, states.size()));
        }
        if (steps == 0) {
            makeEmpty(states, room, outputs);
        }
        return states;
    }

    private List<Tensor> arguments(List<Tensor> states, long step) {
        var arguments = new ArrayList<>(states);
        for (int i = 0; i < axes.length; i++) {
            long place = scan.isInputReversed(i) ? length - 1 - step : step;
            arguments.add(TensorStacks.slice(stacks.get(i), axes[i], place));
        }
        arguments.addAll(captured);
        return arguments;
    }

    private static void put(Tensor target, int axis, long place, Tensor slice, int index, long room) {
        if (slice.type() != target.type()
                || !TensorStacks.stacked(slice.shape(), axis, room).equals(target.shape())) {
            throw new ShapeException(
                    "result " + index + " of the body: expected the same shape in every iteration, found "
                            + slice.shape() + " and others (all together " + target.shape() + ")");
        }
        TensorStacks.put(target, axis, place, slice);
    }

    /// Without an iteration, the results' types are all that can be told of them.
    private void makeEmpty(List<Tensor> states, long room, Outputs outputs) {
        var inputs = new ArrayList<TensorType>();
        states.forEach(state -> inputs.add(TensorType.of(state)));
        for (int i = 0; i < axes.length; i++) {
            var dims = new ArrayList<>(stacks.get(i).shape().toList());
            dims.remove(axes[i]);
            inputs.add(TensorType.of(stacks.get(i).type(), Shape.of(dims)));
        }
        captured.forEach(tensor -> inputs.add(TensorType.of(tensor)));
        var types = NodeTyping.inferGraph(scan.body(), inputs);
        for (int k = states.size(); k < types.size(); k++) {
            var type = types.get(k);
            int rank = type.shape().hasRank() ? type.shape().rank() : 0;
            int axis = Axes.normalize(scan.outputAxis(k - states.size()), rank + 1);
            outputs.make(k, type.dtype(), TensorStacks.emptied(type.shape(), axis, room));
        }
    }
}
