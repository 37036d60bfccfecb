package dev.balsa.cpu;

import static dev.balsa.asm.AmxInstruction.LDTILECFG;
import static dev.balsa.asm.AmxInstruction.TDPBF16PS;
import static dev.balsa.asm.AmxInstruction.TDPBUSD;
import static dev.balsa.asm.AmxInstruction.TILELOADD;
import static dev.balsa.asm.AmxInstruction.TILERELEASE;
import static dev.balsa.asm.AmxInstruction.TILESTORED;
import static dev.balsa.asm.AmxInstruction.TILEZERO;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Instruction;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Tile;
import java.util.Arrays;

/// Products of whole tiles. All factors are ones, so that the sums count multiply-adds.
///
/// @param product what multiplies and adds
/// @param ones eight bytes of ones
/// @param depth how many products an element of a sum is of
record PeakTiles(Instruction product, long ones, int depth) implements PeakProducts {
    static final PeakTiles BFLOAT16 = new PeakTiles(TDPBF16PS, 0x3F80_3F80_3F80_3F80L, 32);
    static final PeakTiles BYTES = new PeakTiles(TDPBUSD, 0x0101_0101_0101_0101L, 64);

    private static final int ROWS = 16;
    private static final int ROW_BYTES = 64;
    private static final int TILE_BYTES = ROWS * ROW_BYTES;
    /// Palette 1; 8 tiles of 64 bytes by 16 rows (Intel SDM, volume 1, *Tile Configuration*).
    private static final long[] CONFIGURATION = {
        1, 0, 0x0040_0040_0040_0040L, 0x0040_0040_0040_0040L, 0, 0, 0x1010_1010_1010_1010L, 0
    };

    /// A product takes 16 cycles of its unit and has a latency of 52, which four sums hide.
    private static final int SUMS = 4;

    private static final int LEFT = 4;
    private static final int RIGHT = 6;
    private static final int FACTORS = 2;
    /// Products between two jumps.
    private static final int UNROLLED = 12;

    @Override
    public void begin(Assembler assembler) {
        assembler.emit(LDTILECFG, assembler.constant(CONFIGURATION));
        for (int i = 0; i < SUMS; i++) {
            assembler.emit(TILEZERO, new Tile(i));
        }
        var row = new long[ROW_BYTES / Long.BYTES];
        Arrays.fill(row, ones);
        assembler.emit(LEA, Gpr.RAX, assembler.constant(row));
        // Each row of a factor is the same memory.
        assembler.emit(MOV, Gpr.RCX.low32(), Imm.of(0));
        for (int i = 0; i < FACTORS; i++) {
            assembler.emit(TILELOADD, new Tile(LEFT + i), Mem.at(Gpr.RAX, Gpr.RCX, 1, 0));
            assembler.emit(TILELOADD, new Tile(RIGHT + i), Mem.at(Gpr.RAX, Gpr.RCX, 1, 0));
        }
    }

    @Override
    public void turn(Assembler assembler) {
        for (int i = 0; i < UNROLLED; i++) {
            var left = new Tile(LEFT + i % FACTORS);
            var right = new Tile(RIGHT + i / FACTORS % FACTORS);
            assembler.emit(product, new Tile(i % SUMS), left, right);
        }
    }

    @Override
    public void end(Assembler assembler) {
        assembler.emit(MOV, Gpr.RCX.low32(), Imm.of(ROW_BYTES));
        for (int i = 0; i < SUMS; i++) {
            assembler.emit(TILESTORED, Mem.at(Gpr.RDI, Gpr.RCX, 1, i * TILE_BYTES), new Tile(i));
        }
        assembler.emit(TILERELEASE);
    }

    @Override
    public long multiplyAdds() {
        return (long) UNROLLED * ROWS * ROW_BYTES / Float.BYTES * depth;
    }

    @Override
    public int sumBytes() {
        return SUMS * TILE_BYTES;
    }
}
