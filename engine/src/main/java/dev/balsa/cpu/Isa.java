package dev.balsa.cpu;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

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
    /// AVX-512 with the AMX tile unit (bf16 and int8).
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

    /// The name used on the command line and in kernel names' documentation.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
