package dev.balsa.run;

/// Is told about every step of a profiled run, by the thread that runs.
public interface StepListener {
    /// Hears nothing.
    StepListener NONE = (_, _, _, _) -> {};

    /// A step has run.
    ///
    /// @param depth 0 for steps of the model's own program, more for those of bodies and later stages
    /// @param start when it began, as [System#nanoTime] has it
    /// @param end when it was done
    void ran(StepInfo step, int depth, long start, long end);
}
