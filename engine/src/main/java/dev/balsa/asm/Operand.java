package dev.balsa.asm;

/// What an instruction works on. Immutable, except that a [Label] is bound once.
public sealed interface Operand permits Gpr, Vec, Mask, Tile, Mem, Imm, Label {
    /// What it is, as a bit that other kinds do not have: of registers, each size is a kind.
    int kind();
}
