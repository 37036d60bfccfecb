package dev.balsa.run;

import java.util.List;

/// A planned computation for inputs of fixed shapes: steps over slots. Immutable; any number of streams may run it.
///
/// @param slots where each value lives
/// @param steps in order of execution
/// @param outputs the slot of each output: a [Slot.Output] or [Slot.Dynamic]
/// @param memoryBytes how much memory the [Slot.Memory] slots span
/// @param sharedBytes the most scratch memory that any kernel step shares between workers
/// @param workerBytes the most scratch memory that any kernel step needs per worker
public record Program(
        List<Slot> slots,
        List<Step> steps,
        List<Integer> outputs,
        long memoryBytes,
        long sharedBytes,
        long workerBytes) {
    /// Copies the lists.
    public Program {
        slots = List.copyOf(slots);
        steps = List.copyOf(steps);
        outputs = List.copyOf(outputs);
    }

    /// The same program with other steps, which do the same.
    public Program withSteps(List<Step> others) {
        return new Program(slots, others, outputs, memoryBytes, sharedBytes, workerBytes);
    }

    /// Floating-point operations of all steps, as far as these are what takes time.
    public long flops() {
        return steps.stream().mapToLong(step -> step.info().flops()).sum();
    }

    /// Whether it is this very program: streams keep what they prepared by program, and comparing steps means
    /// nothing.
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
