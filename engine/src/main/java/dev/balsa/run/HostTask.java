package dev.balsa.run;

import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// A step that the caller's thread does alone: an operator without a kernel, a branch, a loop.
public interface HostTask {
    /// Does the step.
    void run(Call call);

    /// What a task sees of the run.
    interface Call {
        /// The stream that runs, for tasks that run programs of their own.
        Stream stream();

        /// How deep this program is nested in others; 0 for the model's own.
        int depth();

        /// The tensors of the step's inputs; empty where an optional one is left out.
        List<Optional<Tensor>> inputs();

        /// The planned tensor of output `index`, if its shape was known before the run.
        Optional<Tensor> planned(int index);

        /// Sets the tensor of a dynamic output.
        void set(int index, Tensor tensor);
    }
}
