package dev.balsa.asm;

/// A tile register of AMX (Intel SDM, volume 1, *Programming with Intel AMX*).
///
/// @param number 0 to 7
public record Tile(int number) implements Operand {
    /// Checks the number.
    public Tile {
        if (number < 0 || number > 7) {
            throw new IllegalArgumentException("tile register: expected number 0 to 7, found " + number);
        }
    }

    @Override
    public int kind() {
        return Kinds.TILE;
    }

    @Override
    public String toString() {
        return "tmm" + number;
    }
}
