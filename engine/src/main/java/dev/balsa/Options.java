package dev.balsa;

import dev.balsa.cpu.Isa;
import dev.balsa.tensor.Precision;
import java.util.Optional;

/// How a model is to be run; immutable, changed copy by copy: `Options.defaults().withThreads(2)`.
///
/// @param threads the number of worker threads, shared by all streams; at least 1
/// @param streams the number of runs that may go on at once, each with its share of the threads; at least 1
/// @param precision how close floating-point results must stay to what the model says
/// @param isa the highest instruction-set level to use; empty for the best that the CPU has
public record Options(int threads, int streams, Precision precision, Optional<Isa> isa) {
    /// Checks the ranges.
    ///
    /// @throws IllegalArgumentException if `threads` or `streams` is less than 1
    public Options {
        if (threads < 1 || streams < 1) {
            throw new IllegalArgumentException("expected at least 1 thread and 1 stream, found " + threads
                    + " threads and " + streams + " streams");
        }
    }

    /// One thread per available processor, one stream, [Precision#FAST], the best level of the CPU.
    public static Options defaults() {
        return new Options(Runtime.getRuntime().availableProcessors(), 1, Precision.FAST, Optional.empty());
    }

    /// These options with another number of threads.
    public Options withThreads(int count) {
        return new Options(count, streams, precision, isa);
    }

    /// These options with another number of streams.
    public Options withStreams(int count) {
        return new Options(threads, count, precision, isa);
    }

    /// These options with another precision.
    public Options withPrecision(Precision wanted) {
        return new Options(threads, streams, wanted, isa);
    }

    /// These options with a cap on the instruction-set level.
    public Options withIsa(Isa cap) {
        return new Options(threads, streams, precision, Optional.of(cap));
    }
}
