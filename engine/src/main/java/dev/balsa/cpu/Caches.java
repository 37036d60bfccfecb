package dev.balsa.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// The caches that hold data, as one core sees them. Immutable and thread-safe.
///
/// Where cores differ, they are those of the core that was asked.
///
/// @param list all of them, the one next to the core first
/// @param assumed whether the processor told nothing, so that these are [#ASSUMED]
public record Caches(List<Cache> list, boolean assumed) {
    /// What most processors of the last ten years have at least: 32 KiB, then 512 KiB, then 1 MiB for each logical
    /// processor.
    public static final Caches ASSUMED = new Caches(
            List.of(
                    new Cache(1, Cache.Kind.DATA, 32 << 10, 64, 8, 1),
                    new Cache(2, Cache.Kind.UNIFIED, 512 << 10, 64, 8, 1),
                    new Cache(3, Cache.Kind.UNIFIED, 1 << 20, 64, 16, 1)),
            true);

    private static final int MOST = 16;
    private static final int EXTENDED_FEATURES = 0x8000_0001;
    private static final int TOPOLOGY_EXTENSIONS = 22;
    private static final int INTEL_LEAF = 4;
    private static final int AMD_LEAF = 0x8000_001D;

    /// Sorts the caches.
    public Caches {
        list = list.stream().sorted(Caches::nearestFirst).toList();
    }

    private static int nearestFirst(Cache one, Cache other) {
        int byLevel = Integer.compare(one.level(), other.level());
        return byLevel != 0 ? byLevel : one.kind().compareTo(other.kind());
    }

    /// The cache of a level, 1 being next to the core; empty if there is none.
    public Optional<Cache> level(int level) {
        return list.stream().filter(cache -> cache.level() == level).findFirst();
    }

    /// Asks AMD's leaf, where the processor says that there is one, or Intel's.
    static Caches ask(Cpuid cpuid) {
        List<Cache> found = List.of();
        if (cpuid.has(EXTENDED_FEATURES, 0, CpuFeature.Register.ECX, TOPOLOGY_EXTENSIONS) && cpuid.exists(AMD_LEAF)) {
            found = read(subleaf -> cpuid.ask(AMD_LEAF, subleaf));
        }
        if (found.isEmpty() && cpuid.exists(INTEL_LEAF)) {
            found = read(subleaf -> cpuid.ask(INTEL_LEAF, subleaf));
        }
        return found.isEmpty() ? ASSUMED : new Caches(found, false);
    }

    /// The caches that subleaves from 0 on describe, up to one that describes none.
    static List<Cache> read(IntFunction<Cpuid.Answer> subleaves) {
        var found = new ArrayList<Cache>();
        for (int subleaf = 0; subleaf < MOST; subleaf++) {
            var answer = subleaves.apply(subleaf);
            if (Cache.isEnd(answer)) {
                break;
            }
            Cache.of(answer).ifPresent(found::add);
        }
        return found;
    }
}
