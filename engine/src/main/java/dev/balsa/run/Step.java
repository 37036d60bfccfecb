package dev.balsa.run;

import dev.balsa.kernel.Work;
import java.util.List;

/// One step of a program.
public sealed interface Step {
    /// A slot number that stands for an optional value that is left out.
    int NO_SLOT = -1;

    /// What the step is, for people.
    StepInfo info();

    /// A kernel, shared by the team.
    ///
    /// @param operands slots in the order that the kernel's request documents; none of them dynamic
    record KernelStep(StepInfo info, Work work, List<Integer> operands) implements Step {
        /// Copies the list.
        public KernelStep {
            operands = List.copyOf(operands);
        }
    }

    /// A host task.
    ///
    /// @param inputs slots, or [#NO_SLOT]
    /// @param outputs slots, or [#NO_SLOT]
    record HostStep(StepInfo info, HostTask task, List<Integer> inputs, List<Integer> outputs) implements Step {
        /// Copies the lists.
        public HostStep {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
        }
    }
}
