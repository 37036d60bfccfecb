package dev.balsa.kernel;

import dev.balsa.cpu.Isa;

/// What a kernel is called and what it needs.
///
/// @param name by the grammar `<isa>_<family>_<types>[_<tile>][_<variant>]`, such as `portable_gemm_f32_6x2v`
/// @param isa the instruction-set level that the CPU must have
public record KernelSpec(String name, Isa isa) {}
