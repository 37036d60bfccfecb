package dev.balsa;

import dev.balsa.cpu.Isa;
import dev.balsa.cpu.Topology;
import dev.balsa.plan.choice.CacheFolder;
import dev.balsa.run.PhysicalMemory;
import dev.balsa.tensor.Precision;
import java.nio.file.Path;
import java.util.Optional;

/// How a model is to be run; immutable, changed copy by copy: `Options.defaults().withThreads(2)`.
///
/// @param threads the number of worker threads, shared by all streams; at least 1
/// @param streams the number of runs that may go on at once, each with its share of the threads; at least 1
/// @param precision how close floating-point results must stay to what the model says
/// @param isa the highest instruction-set level to use; empty for the best that the CPU has
/// @param memoryLimit the most bytes that the intermediate tensors of one run may take, as far as they can be
///     planned, and the most that a single tensor may take whose shape only the run tells; at least 1. A run that
///     needs more fails with a [dev.balsa.error.ResourceException] before it takes any memory for it. The weights
///     do not count. Whatever the limit, memory outside the Java heap ends where the JVM's
///     `-XX:MaxDirectMemorySize` says
/// @param pinning whether each worker thread stays on a logical processor of its own, cores before their second
///     threads; never the threads that call [Model#run]. Only on Linux, and only if the threads of all streams
///     together are no more than the processors that the process may use. Every model takes the same processors
///     first, so it is for machines that do little but run one model
/// @param codeFolder where the machine code that is made is written to, for people to read; nowhere if empty.
///     Linux's `perf` is then told, too, where it lies
/// @param tuning how kernels are chosen where several can do a step in about the same time
/// @param planFolder where what loading made is kept for later processes, so that they load in a fraction of the
///     time; nowhere if empty. Machine code in it is executed: the folder must be the user's alone, or it is not
///     used. See `dev.balsa.kept.KeptFiles` for how much and how safely
/// @param padding whether padding of texts is computed like tokens; otherwise it is left out where a model's mask
/// shows
///     it and nothing else can depend on it, and outputs are 0 there (see [Model#run])
public record Options(
        int threads,
        int streams,
        Precision precision,
        Optional<Isa> isa,
        long memoryLimit,
        boolean pinning,
        Optional<Path> codeFolder,
        Tuning tuning,
        Optional<Path> planFolder,
        boolean padding) {
    /// Checks the ranges.
    ///
    /// @throws IllegalArgumentException if `threads`, `streams` or `memoryLimit` is less than 1
    public Options {
        if (threads < 1 || streams < 1) {
            throw new IllegalArgumentException("expected at least 1 thread and 1 stream, found " + threads
                    + " threads and " + streams + " streams");
        }
        if (memoryLimit < 1) {
            throw new IllegalArgumentException("expected a memory limit of at least 1 byte, found " + memoryLimit);
        }
    }

    /// One thread per physical core that the process may use, as far as its quota of processor time goes
    /// ([Topology#usefulThreads]) and the JVM's number of processors; one stream, [Precision#FAST], the best
    /// level of the CPU, all of the machine's memory (or of the process's control group, where that is less), no
    /// pinning, [Tuning#CACHED], no folder for plans, no padding.
    public static Options defaults() {
        int threads = Math.min(
                Topology.current().usefulThreads(), Runtime.getRuntime().availableProcessors());
        return new Options(
                threads,
                1,
                Precision.FAST,
                Optional.empty(),
                PhysicalMemory.bytes(),
                false,
                Optional.empty(),
                Tuning.CACHED,
                Optional.empty(),
                false);
    }

    /// The folder for plans that the command line uses: `plans` in the folder that the environment variable
    /// `BALSA_CACHE` names, or else in `balsa` below `XDG_CACHE_HOME`, or else in `.cache/balsa` below the user's
    /// home folder; empty where the environment tells none of them. It need not exist.
    public static Optional<Path> usualPlanFolder() {
        return CacheFolder.of(System.getenv(), System.getProperty("user.home", ""))
                .map(folder -> folder.resolve("plans"));
    }

    /// These options with another number of threads.
    public Options withThreads(int count) {
        return new Options(
                count, streams, precision, isa, memoryLimit, pinning, codeFolder, tuning, planFolder, padding);
    }

    /// These options with another number of streams.
    public Options withStreams(int count) {
        return new Options(
                threads, count, precision, isa, memoryLimit, pinning, codeFolder, tuning, planFolder, padding);
    }

    /// These options with another precision.
    public Options withPrecision(Precision wanted) {
        return new Options(
                threads, streams, wanted, isa, memoryLimit, pinning, codeFolder, tuning, planFolder, padding);
    }

    /// These options with a cap on the instruction-set level.
    public Options withIsa(Isa cap) {
        return new Options(
                threads,
                streams,
                precision,
                Optional.of(cap),
                memoryLimit,
                pinning,
                codeFolder,
                tuning,
                planFolder,
                padding);
    }

    /// These options with another limit on memory, in bytes.
    public Options withMemoryLimit(long bytes) {
        return new Options(threads, streams, precision, isa, bytes, pinning, codeFolder, tuning, planFolder, padding);
    }

    /// These options with worker threads pinned to processors, or not.
    public Options withPinning(boolean wanted) {
        return new Options(
                threads, streams, precision, isa, memoryLimit, wanted, codeFolder, tuning, planFolder, padding);
    }

    /// These options with a folder for machine code; it is made if it is not there.
    public Options withCodeFolder(Path folder) {
        return new Options(
                threads,
                streams,
                precision,
                isa,
                memoryLimit,
                pinning,
                Optional.of(folder),
                tuning,
                planFolder,
                padding);
    }

    /// These options with another way of choosing kernels.
    public Options withTuning(Tuning wanted) {
        return new Options(
                threads, streams, precision, isa, memoryLimit, pinning, codeFolder, wanted, planFolder, padding);
    }

    /// These options with a folder for what loading made; it is made, for the user alone, if it is not there.
    public Options withPlanFolder(Path folder) {
        return new Options(
                threads,
                streams,
                precision,
                isa,
                memoryLimit,
                pinning,
                codeFolder,
                tuning,
                Optional.of(folder),
                padding);
    }

    /// These options without a folder for what loading made.
    public Options withoutPlanFolder() {
        return new Options(
                threads, streams, precision, isa, memoryLimit, pinning, codeFolder, tuning, Optional.empty(), padding);
    }

    /// These options with padding of texts computed, or left out.
    public Options withPadding(boolean wanted) {
        return new Options(
                threads, streams, precision, isa, memoryLimit, pinning, codeFolder, tuning, planFolder, wanted);
    }
}
