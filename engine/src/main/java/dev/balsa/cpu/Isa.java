package dev.balsa.cpu;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The instruction-set levels that kernels are written for, from the one that needs nothing to the widest.
public enum Isa {
    /// Plain Java and, where present, the JDK's Vector API: runs on any CPU.
    PORTABLE,
    /// AVX2 with FMA and F16C.
    AVX2,
    /// AVX-512 F, BW, DQ and VL.
    AVX512,
    /// AVX-512 with the VNNI integer dot products.
    AVX512_VNNI,
    /// AVX-512 with the AMX tile unit (bf16 and int8), and permutations of bytes.
    AMX;

    private static final List<Isa> ALL = List.of(values());

    /// Every level, least first.
    public static List<Isa> all() {
        return ALL;
    }

    /// The level with the given [#label], such as `avx512-vnni`.
    public static Optional<Isa> ofLabel(String label) {
        return ALL.stream().filter(isa -> isa.label().equals(label)).findFirst();
    }

    /// The highest level of the processor at hand.
    public static Isa best() {
        return Cpu.current().best();
    }

    /// What a processor must have for this level.
    public Set<CpuFeature> needs() {
        var needs = EnumSet.noneOf(CpuFeature.class);
        switch (this) {
            case PORTABLE -> {}
            case AVX2 ->
                needs.addAll(EnumSet.of(
                        CpuFeature.AVX2,
                        CpuFeature.FMA,
                        CpuFeature.F16C,
                        CpuFeature.BMI1,
                        CpuFeature.BMI2,
                        CpuFeature.LZCNT,
                        CpuFeature.POPCNT));
            case AVX512 -> {
                needs.addAll(AVX2.needs());
                needs.addAll(
                        EnumSet.of(CpuFeature.AVX512F, CpuFeature.AVX512BW, CpuFeature.AVX512DQ, CpuFeature.AVX512VL));
            }
            case AVX512_VNNI -> {
                needs.addAll(AVX512.needs());
                needs.add(CpuFeature.AVX512_VNNI);
            }
            case AMX -> {
                needs.addAll(AVX512_VNNI.needs());
                needs.addAll(EnumSet.of(
                        CpuFeature.AVX512VBMI,
                        CpuFeature.AVX512_BF16,
                        CpuFeature.AMX_TILE,
                        CpuFeature.AMX_INT8,
                        CpuFeature.AMX_BF16));
            }
        }
        return needs;
    }

    /// The name used on the command line and in kernel names' documentation.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
