package dev.balsa.kernel.amx;

import dev.balsa.cpu.Cache;
import dev.balsa.cpu.Caches;
import dev.balsa.cpu.Cpu;
import dev.balsa.cpu.Topology;

/// Who makes a product of tiles, and where what is multiplied is kept.
///
/// @param workers how many make parts at once
/// @param cache bytes of the second-level cache of each
public record Workplace(int workers, long cache) {
    /// What processors with tiles have at least.
    private static final long USUAL_CACHE = 2 << 20;

    /// That of the processor at hand.
    ///
    /// @param parts no more workers than are enough to make these
    public static Workplace here(int parts) {
        return new Workplace(
                Math.min(parts, Topology.current().usefulThreads()),
                cache(Cpu.current().caches()));
    }

    private static long cache(Caches caches) {
        return caches.assumed()
                ? USUAL_CACHE
                : caches.level(2).map(Cache::bytes).orElse(USUAL_CACHE);
    }
}
