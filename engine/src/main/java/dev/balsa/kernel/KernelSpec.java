package dev.balsa.kernel;

import dev.balsa.cpu.Isa;

/// What a kernel is called and what it needs.
///
/// @param name by the grammar `<isa>_<family>_<types>[_<tile>][_<variant>]`, such as `portable_gemm_f32_6x2v`
/// @param isa the instruction-set level that the CPU must have
public record KernelSpec(String name, Isa isa) {
    private static final int TYPES = 2;

    /// The element types that a kernel of this name computes with, such as `f32` or `x8x8s32`; empty for names that
    /// do not follow the grammar.
    public static String types(String name) {
        var parts = name.split("_");
        return parts.length > TYPES ? parts[TYPES] : "";
    }
}
