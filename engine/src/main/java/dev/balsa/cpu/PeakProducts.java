package dev.balsa.cpu;

import dev.balsa.asm.Assembler;

/// Writes the multiply-adds of a unit: sums that do not wait for each other, of factors that stay in registers.
sealed interface PeakProducts permits PeakVectors, PeakTiles {
    /// Those of a unit.
    ///
    /// @param vectorBytes the width of vectors: 32 for AVX2, 64 for AVX-512
    static PeakProducts of(PeakUnit unit, int vectorBytes) {
        return switch (unit) {
            case FLOAT_VECTORS -> PeakVectors.ofFloats(vectorBytes);
            case BYTE_VECTORS -> PeakVectors.ofBytes(vectorBytes);
            case BFLOAT16_TILES -> PeakTiles.BFLOAT16;
            case BYTE_TILES -> PeakTiles.BYTES;
        };
    }

    /// Clears the sums and loads the factors.
    void begin(Assembler assembler);

    /// A turn of the loop.
    void turn(Assembler assembler);

    /// Stores the sums at rdi, one after the other, and leaves the unit as code expects it.
    void end(Assembler assembler);

    /// Multiply-adds of a turn.
    long multiplyAdds();

    /// How much the sums take.
    int sumBytes();
}
