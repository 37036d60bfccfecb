package dev.balsa.cpu;

import dev.balsa.asm.MachineCode;
import dev.balsa.error.ResourceException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToIntFunction;

/// What this process may use of the machine: logical processors, the cores and nodes that they belong to, and a
/// quota of their time. Immutable and thread-safe.
///
/// @param processors the logical processors, by ascending number; at least one
/// @param quota how many processors' time the process may take, such as 1.5; empty if it is not limited
public record Topology(List<Processor> processors, OptionalDouble quota) {
    /// A logical processor.
    ///
    /// @param id the system's number of it
    /// @param core the physical core that it is of, which others may be of, too; cores are counted from 0 in the
    ///     order of their first usable processors
    /// @param node the system's number of the memory node (NUMA) that is nearest
    public record Processor(int id, int core, int node) {}

    private static final String ALLOWED = "Cpus_allowed_list:";

    private static final class Current {
        private static final Topology TOPOLOGY = ask();
    }

    /// Copies the processors.
    ///
    /// @throws IllegalArgumentException if there are none, or the quota is not above 0
    public Topology {
        processors = List.copyOf(processors);
        if (processors.isEmpty() || quota.orElse(1) <= 0) {
            throw new IllegalArgumentException("topology: expected a processor and a quota above 0, found "
                    + processors.size() + " processors and quota " + quota);
        }
    }

    /// The topology at hand, as it was when this was first called.
    ///
    /// Linux tells it by the affinity of the process and by `/sys` and `/proc`. On other systems, and where these
    /// say nothing, there is one node and no quota, the processors are as many as the JVM says, and neighbours
    /// share a core if x86-64's CPUID says that its cores have several threads.
    public static Topology current() {
        return Current.TOPOLOGY;
    }

    private static Topology ask() {
        var files = new SystemFiles(Path.of("/"));
        var allowed = allowed(files).or(Affinity::ofProcess).orElseGet(() -> {
            var all = new BitSet();
            all.set(0, Runtime.getRuntime().availableProcessors());
            return all;
        });
        return new TopologyReader(files, Topology::askThreadsPerCore).read(allowed);
    }

    /// What Linux's file says of the affinity of the process: reading it takes less time than making a foreign call
    /// possible.
    private static Optional<BitSet> allowed(SystemFiles files) {
        return files.text("/proc/self/status").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(ALLOWED))
                .findFirst()
                .flatMap(line ->
                        NumberList.parse(line.substring(ALLOWED.length()).strip()));
    }

    private static int askThreadsPerCore() {
        if (!MachineCode.isPossible()) {
            return 1;
        }
        try (var cpuid = new Cpuid()) {
            return cpuid.threadsPerCore();
        } catch (ResourceException e) {
            return 1;
        }
    }

    /// The number of physical cores that the processors are of.
    public int cores() {
        return distinct(Processor::core);
    }

    /// The most processors that are of the same core: 2 or more where cores have several threads (SMT) and the
    /// process may use them.
    public int threadsPerCore() {
        var counts = new HashMap<Integer, Integer>();
        processors.forEach(processor -> counts.merge(processor.core(), 1, Integer::sum));
        return Collections.max(counts.values());
    }

    /// The number of memory nodes that the processors are of.
    public int nodes() {
        return distinct(Processor::node);
    }

    private int distinct(ToIntFunction<Processor> what) {
        return (int) processors.stream().mapToInt(what).distinct().count();
    }

    /// How many threads of dense arithmetic are worth having: one per physical core, as far as the quota pays for
    /// them; at least 1. Two threads of a core share its arithmetic units.
    public int usefulThreads() {
        double paid = Math.ceil(quota.orElse(Double.MAX_VALUE));
        return (int) Math.max(1, Math.min(cores(), paid));
    }

    /// The numbers of all processors in the order in which threads should take them: one of each core first, then
    /// the second ones of each core, and so on; within a turn node by node.
    public List<Integer> placingOrder() {
        var seen = new HashMap<Integer, Integer>();
        var turns = new HashMap<Processor, Integer>();
        for (var processor : processors) {
            turns.put(processor, seen.merge(processor.core(), 1, Integer::sum));
        }
        return processors.stream()
                .sorted(Comparator.<Processor>comparingInt(processor -> turns.getOrDefault(processor, 0))
                        .thenComparingInt(Processor::node)
                        .thenComparingInt(Processor::id))
                .map(Processor::id)
                .toList();
    }
}
