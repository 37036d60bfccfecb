package dev.balsa.asm;

import java.util.List;

/// The bits of [Operand#kind].
final class Kinds {
    /// Those of registers as rows name them: 8 to 64 bits, and 128 to 512, are consecutive.
    static final List<String> REGISTERS = List.of("r8", "r16", "r32", "r64", "xmm", "ymm", "zmm", "k", "tmm");

    static final int R8 = 1;
    static final int XMM = 1 << 4;
    static final int MASK = 1 << 7;
    static final int TILE = 1 << 8;
    static final int MEMORY = 1 << 9;
    static final int NUMBER = 1 << 10;
    static final int LABEL = 1 << 11;
    /// All general-purpose registers.
    static final int GENERAL = XMM - 1;

    private Kinds() {}
}
