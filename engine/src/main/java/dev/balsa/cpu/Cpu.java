package dev.balsa.cpu;

import dev.balsa.asm.MachineCode;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The processor that this process runs on. Immutable and thread-safe.
///
/// @param name as it calls itself
/// @param features what it has and the system lets this process use
/// @param caches those that hold data
/// @param remark why there is less than the processor has, if so
public record Cpu(String name, Set<CpuFeature> features, Caches caches, Optional<String> remark) {
    private static final class Current {
        private static final Cpu CPU = ask();
    }

    /// Copies the features.
    public Cpu {
        features = Set.copyOf(features);
    }

    /// The processor at hand. The first call asks it, and asks the system for permission to use AMX where there is AMX.
    ///
    /// @throws dev.balsa.error.ResourceException if the system forbids executable memory
    public static Cpu current() {
        return Current.CPU;
    }

    private static Cpu ask() {
        if (!MachineCode.isPossible()) {
            var reason = "machine code is made for x86-64 on Linux and macOS, found " + System.getProperty("os.arch")
                    + " on " + System.getProperty("os.name");
            return new Cpu(System.getProperty("os.arch"), Set.of(), Caches.ASSUMED, Optional.of(reason));
        }
        try (var cpuid = new Cpuid()) {
            var features = Arrays.stream(CpuFeature.values())
                    .filter(feature -> feature.isIn(cpuid))
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(CpuFeature.class)));
            Optional<String> remark = Optional.empty();
            if (features.contains(CpuFeature.AMX_TILE) && !cpuid.requestTiles()) {
                features.removeAll(EnumSet.of(CpuFeature.AMX_TILE, CpuFeature.AMX_INT8, CpuFeature.AMX_BF16));
                remark = Optional.of("the processor has AMX, but the system does not let this process use it; Linux "
                        + "5.16 or newer does, unless a sandbox forbids arch_prctl");
            }
            return new Cpu(cpuid.name(), features, Caches.ask(cpuid), remark);
        }
    }

    /// What is missing for a level; empty if nothing is.
    public Set<CpuFeature> missing(Isa isa) {
        var missing = EnumSet.noneOf(CpuFeature.class);
        missing.addAll(isa.needs());
        missing.removeAll(features);
        return missing;
    }

    /// The highest level that nothing is missing for.
    public Isa best() {
        return Isa.all().reversed().stream()
                .filter(isa -> missing(isa).isEmpty())
                .findFirst()
                .orElse(Isa.PORTABLE);
    }
}
