package dev.balsa.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.balsa.error.InternalException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// On which logical processors the system lets threads run: `sched_getaffinity` and `sched_setaffinity` of Linux
/// (*sched_setaffinity(2)*), on x86-64 and aarch64. Other systems, and those that refuse, say nothing and change
/// nothing.
///
/// Thread-safe.
public final class Affinity {
    private static final Set<String> PROCESSORS = Set.of("amd64", "x86_64", "aarch64");
    /// Of the set of processors that is passed: room for 8192, the most that Linux can be built for.
    private static final int WORDS = 128;
    private static final int CALLING_THREAD = 0;

    private record Calls(MethodHandle get, MethodHandle set) {
        private static final Optional<Calls> OF_SYSTEM = find();

        private static Optional<Calls> find() {
            boolean linux =
                    System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
            if (!linux || !PROCESSORS.contains(System.getProperty("os.arch"))) {
                return Optional.empty();
            }
            try {
                return Optional.of(new Calls(function("sched_getaffinity"), function("sched_setaffinity")));
            } catch (RuntimeException e) {
                return Optional.empty(); // the JVM was told to refuse native access, or the library is another one
            }
        }

        @SuppressWarnings("restricted")
        private static MethodHandle function(String name) {
            var linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow(name),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
        }
    }

    private Affinity() {}

    /// From now on the calling thread runs on one logical processor only, and so do threads that it starts.
    ///
    /// @param processor the system's number of it
    /// @return whether the system agreed; if not, nothing has changed. A virtual thread is always refused
    public static boolean pin(int processor) {
        if (processor < 0
                || processor >= WORDS * Long.SIZE
                || Thread.currentThread().isVirtual()) {
            return false;
        }
        return Calls.OF_SYSTEM.map(calls -> set(calls, processor)).orElse(false);
    }

    private static boolean set(Calls calls, int processor) {
        try (var arena = Arena.ofConfined()) {
            var mask = arena.allocate(JAVA_LONG, WORDS);
            mask.setAtIndex(JAVA_LONG, processor / Long.SIZE, 1L << processor);
            return call(calls.set(), CALLING_THREAD, mask) == 0;
        }
    }

    /// The processors that the process may run on, that is, its first thread; empty if the system does not say.
    static Optional<BitSet> ofProcess() {
        return of(Math.toIntExact(ProcessHandle.current().pid()));
    }

    /// The processors that the calling thread may run on; empty if the system does not say.
    static Optional<BitSet> ofCallingThread() {
        return of(CALLING_THREAD);
    }

    private static Optional<BitSet> of(int thread) {
        return Calls.OF_SYSTEM.flatMap(calls -> get(calls, thread));
    }

    private static Optional<BitSet> get(Calls calls, int thread) {
        try (var arena = Arena.ofConfined()) {
            var mask = arena.allocate(JAVA_LONG, WORDS);
            if (call(calls.get(), thread, mask) != 0) {
                return Optional.empty();
            }
            var processors = BitSet.valueOf(mask.toArray(JAVA_LONG));
            return processors.isEmpty() ? Optional.empty() : Optional.of(processors);
        }
    }

    private static int call(MethodHandle function, int thread, MemorySegment mask) {
        try {
            return (int) function.invokeExact(thread, mask.byteSize(), mask);
        } catch (Throwable e) {
            throw new InternalException("affinity cannot be called; found " + e, e);
        }
    }
}
