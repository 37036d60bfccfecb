package dev.balsa.kernel;

import dev.balsa.cpu.Caches;
import dev.balsa.cpu.Isa;

/// What estimates of time rest on: rates of a core, caches, and the number of workers. Immutable.
///
/// The rates are nominal rather than measured, so that equal models are planned alike whatever else the processor
/// does just then; estimates are compared with each other, and only their proportions matter.
///
/// @param multiplyAdds multiply-adds of float32 per second and core, at best
/// @param cacheBytes bytes per second and core to and from a cache that cores share
/// @param memoryBytes bytes per second and core from main memory
/// @param mostMemoryBytes bytes per second of all cores together from main memory
/// @param caches those of a core
/// @param workers threads that share the work, at least 1
public record Machine(
        double multiplyAdds,
        double cacheBytes,
        double memoryBytes,
        double mostMemoryBytes,
        Caches caches,
        int workers) {
    private static final double HERTZ = 3e9;
    private static final int MULTIPLIERS = 2;
    /// What a core gets that reads from one place after the other.
    private static final double CACHE_BYTES = 25e9;
    private static final double MEMORY_BYTES = 12e9;
    private static final double MOST_MEMORY_BYTES = 60e9;
    /// How long workers wait for each other at the end of a phase, in seconds.
    private static final double TURN = 1.5e-6;

    /// Checks that there is a worker.
    public Machine {
        if (workers < 1) {
            throw new IllegalArgumentException("machine: expected at least 1 worker, found " + workers);
        }
    }

    /// A machine with cores of 3 GHz with two multipliers as wide as the level's vectors.
    public static Machine nominal(Isa isa, Caches caches, int workers) {
        int lanes = switch (isa) {
            case PORTABLE, AVX2 -> 8;
            case AVX512, AVX512_VNNI, AMX -> 16;
        };
        return new Machine(HERTZ * MULTIPLIERS * lanes, CACHE_BYTES, MEMORY_BYTES, MOST_MEMORY_BYTES, caches, workers);
    }

    /// The time that a known cost takes, in seconds, if the work divides evenly.
    public double seconds(Cost cost) {
        return cost.multiplyAdds() / multiplyAdds / workers
                + cost.cacheBytes() / cacheBytes / workers
                + cost.memoryBytes() / Math.min(memoryBytes * workers, mostMemoryBytes)
                + cost.phases() * TURN;
    }
}
