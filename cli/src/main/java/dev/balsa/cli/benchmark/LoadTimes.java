package dev.balsa.cli.benchmark;

/// How long it took until a model could run, in nanoseconds.
///
/// @param start what a process does once, whatever the models: loading libraries, asking the processor
/// @param load from the model's file to a model that is ready
/// @param isKept whether an earlier process had planned it, and nothing was planned now
record LoadTimes(long start, long load, boolean isKept) {
    /// These times, and some more loading, after which it is known whether the plan was kept.
    LoadTimes plus(long nanos, boolean wasKept) {
        return new LoadTimes(start, load + nanos, wasKept);
    }
}
