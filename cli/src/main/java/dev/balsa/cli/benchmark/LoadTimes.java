package dev.balsa.cli.benchmark;

/// How long it took until a model could run, in nanoseconds.
///
/// @param start what a process does once, whatever the models: loading libraries, asking the processor
/// @param load from the model's file to a model that is ready
record LoadTimes(long start, long load) {
    /// These times, and some more loading.
    LoadTimes plus(long nanos) {
        return new LoadTimes(start, load + nanos);
    }
}
