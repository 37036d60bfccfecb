package dev.balsa.asm;

/// A number in the instruction itself.
///
/// @param value the number; the row says how many bytes hold it
public record Imm(long value) implements Operand {
    /// A number.
    public static Imm of(long value) {
        return new Imm(value);
    }

    @Override
    public int kind() {
        return Kinds.NUMBER;
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
