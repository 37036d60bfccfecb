package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Storage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// A chain of functions of floats over a result shape, each operand broadcast to it: ONNX Add, Mul, Pow, Relu, Gelu and
/// their like, and fused runs of them.
///
/// Operands: as many inputs as there are stride lists, then the output, contiguous and row-major. The chain starts with
/// operand 0. A [Stage.Binary] names another operand by its index; where that operand's elements lie is said by its
/// strides, and the stage's spread is not looked at. The output may share memory with operand 0 if that has the
/// output's layout, and with another operand of that layout if only the first stage reads it.
///
/// @param shape the result's dimensions, outermost first
/// @param strides per input and dimension, the distance of neighbours in elements; 0 where the input is broadcast
/// @param stages what is done, in order; none for a copy
/// @param resultStep elements of the output from a row, along the innermost dimension, to the next: at least as many as
///     it has
/// @param storages how the inputs are stored, then the output; not [Storage#PARTS], and as floats where the
///     innermost dimension is one element of the input
public record ElementwiseRequest(
        List<Long> shape, List<List<Long>> strides, List<Stage> stages, long resultStep, List<Storage> storages) {
    /// Copies the lists and checks ranks and operand indices.
    public ElementwiseRequest {
        storages = List.copyOf(storages);
        shape = List.copyOf(shape);
        strides = strides.stream().map(List::copyOf).toList();
        stages = List.copyOf(stages);
        var rank = shape.size();
        var count = strides.size();
        if (count < 1 || strides.stream().anyMatch(list -> list.size() != rank)) {
            throw new IllegalArgumentException(
                    "elementwise: expected at least one list of " + rank + " strides, found " + strides);
        }
        if (stages.stream()
                .anyMatch(stage -> stage instanceof Stage.Binary b && (b.operand() < 0 || b.operand() >= count))) {
            throw new IllegalArgumentException(
                    "elementwise: a stage names no input; expected operands below " + count + ", found " + stages);
        }
    }

    /// A chain whose output has no gaps.
    public ElementwiseRequest(List<Long> shape, List<List<Long>> strides, List<Stage> stages) {
        this(
                shape,
                strides,
                stages,
                shape.isEmpty() ? 1 : shape.getLast(),
                Collections.nCopies(strides.size() + 1, Storage.FLOATS));
    }

    /// The same with some operands, of those that are [#ofRows], stored otherwise.
    ElementwiseRequest stored(Storage storage, Set<Integer> operands) {
        var changed = new ArrayList<>(storages);
        operands.forEach(operand -> changed.set(operand, storage));
        boolean isRough = storage == Storage.BFLOAT16 && operands.contains(output());
        var same = isRough ? new Epilogue(stages).rough().stages() : stages;
        return new ElementwiseRequest(shape, strides, same, resultStep, changed);
    }

    /// The same for another shape.
    ElementwiseRequest of(List<Long> other) {
        return new ElementwiseRequest(other, strides, stages, resultStep, storages);
    }

    /// Whether all operands are floats.
    boolean isOfFloats() {
        return storages.stream().allMatch(Storage.FLOATS::equals);
    }

    /// Whether the output has no gaps.
    boolean isDense() {
        return shape.isEmpty() || resultStep == shape.getLast();
    }

    /// The inputs that have an element for each along the innermost dimension, and the output: their rows may be apart;
    /// none where rows are single elements.
    Set<Integer> ofRows() {
        var operands = new TreeSet<Integer>();
        if (shape.isEmpty() || shape.getLast() == 1) {
            return operands;
        }
        for (int i = 0; i < strides.size(); i++) {
            if (isOfRows(strides.get(i))) {
                operands.add(i);
            }
        }
        operands.add(output());
        return operands;
    }

    private boolean isOfRows(List<Long> steps) {
        int rank = shape.size();
        return steps.getLast() == 1
                && steps.subList(0, rank - 1).stream().allMatch(step -> step % shape.getLast() == 0);
    }

    /// The same with rows of operands apart.
    ///
    /// @param steps by operand, of those that are [#ofRows] and have no gaps
    ElementwiseRequest apart(Map<Integer, Long> steps) {
        var apart = new ArrayList<List<Long>>();
        for (int i = 0; i < strides.size(); i++) {
            var own = new ArrayList<>(strides.get(i));
            for (int d = 0; steps.containsKey(i) && d < own.size() - 1; d++) {
                own.set(d, own.get(d) / shape.getLast() * steps.get(i));
            }
            apart.add(own);
        }
        return new ElementwiseRequest(shape, apart, stages, steps.getOrDefault(output(), resultStep), storages);
    }

    /// The index of the output among the operands.
    public int output() {
        return strides.size();
    }
}
