package dev.balsa.asm;

import static dev.balsa.asm.AmxInstruction.LDTILECFG;
import static dev.balsa.asm.AmxInstruction.TDPBF16PS;
import static dev.balsa.asm.AmxInstruction.TDPBSSD;
import static dev.balsa.asm.AmxInstruction.TDPBSUD;
import static dev.balsa.asm.AmxInstruction.TDPBUSD;
import static dev.balsa.asm.AmxInstruction.TDPBUUD;
import static dev.balsa.asm.AmxInstruction.TILELOADD;
import static dev.balsa.asm.AmxInstruction.TILERELEASE;
import static dev.balsa.asm.AmxInstruction.TILESTORED;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.RET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.asm.emulator.EmulatedCode;
import dev.balsa.asm.emulator.PermittedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Products of emulated tiles against their definition, and what the emulator refuses.
class EmulatedTilesTest {
    private static final int ROWS = 5;
    private static final int COLUMNS = 7;
    private static final int DEPTH = 6;
    private static final int STRIDE = 64;
    private static final int C = 64;
    private static final int A = C + 16 * STRIDE;
    private static final int B = A + 16 * STRIDE;
    private static final int BYTES = B + 16 * STRIDE;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(BYTES, 64);
    private final Random random = new Random(1);

    @AfterEach
    void free() {
        arena.close();
    }

    private void shape(int tile, int rows, int bytes) {
        memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        memory.set(ValueLayout.JAVA_SHORT, 16 + 2 * tile, (short) bytes);
        memory.set(ValueLayout.JAVA_BYTE, 48 + tile, (byte) rows);
    }

    private void shapes() {
        shape(0, ROWS, 4 * COLUMNS);
        shape(1, ROWS, 4 * DEPTH);
        shape(2, DEPTH, 4 * COLUMNS);
    }

    private static byte[] product(AmxInstruction instruction, boolean releases) {
        var a = new Assembler();
        a.emit(LDTILECFG, Mem.at(Gpr.RDI, 0));
        a.emit(MOV, Gpr.RAX.low32(), Imm.of(STRIDE));
        a.emit(TILELOADD, new Tile(0), Mem.at(Gpr.RDI, Gpr.RAX, 1, C));
        a.emit(TILELOADD, new Tile(1), Mem.at(Gpr.RDI, Gpr.RAX, 1, A));
        a.emit(TILELOADD, new Tile(2), Mem.at(Gpr.RDI, Gpr.RAX, 1, B));
        a.emit(instruction, new Tile(0), new Tile(1), new Tile(2));
        a.emit(TILESTORED, Mem.at(Gpr.RDI, Gpr.RAX, 1, C), new Tile(0));
        if (releases) {
            a.emit(TILERELEASE);
        }
        a.emit(AvxInstruction.VZEROUPPER);
        a.emit(RET);
        return a.finish();
    }

    private void run(byte[] bytes, MemorySegment arguments) {
        try (var code = EmulatedCode.of(bytes, new PermittedMemory())) {
            code.call(0, arguments, 0, 0);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = AmxInstruction.class,
            names = {"TDPBSSD", "TDPBSUD", "TDPBUSD", "TDPBUUD"})
    void bytesAreSummedUp(AmxInstruction instruction) {
        for (int i = C; i < BYTES; i++) {
            memory.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
        }
        shapes();
        boolean signedA = instruction == TDPBSSD || instruction == TDPBSUD;
        boolean signedB = instruction == TDPBSSD || instruction == TDPBUSD;
        var expected = new int[ROWS][COLUMNS];
        for (int m = 0; m < ROWS; m++) {
            for (int n = 0; n < COLUMNS; n++) {
                expected[m][n] = memory.get(ValueLayout.JAVA_INT, C + m * STRIDE + 4 * n);
                for (int k = 0; k < 4 * DEPTH; k++) {
                    int x = memory.get(ValueLayout.JAVA_BYTE, A + m * STRIDE + k);
                    int y = memory.get(ValueLayout.JAVA_BYTE, B + k / 4 * STRIDE + 4 * n + k % 4);
                    expected[m][n] += (signedA ? x : x & 0xFF) * (signedB ? y : y & 0xFF);
                }
            }
        }
        assertThat(instruction).isIn(TDPBSSD, TDPBSUD, TDPBUSD, TDPBUUD);
        run(product(instruction, true), memory);
        for (int m = 0; m < ROWS; m++) {
            for (int n = 0; n < COLUMNS; n++) {
                assertThat(memory.get(ValueLayout.JAVA_INT, C + m * STRIDE + 4 * n))
                        .as("row %d, column %d", m, n)
                        .isEqualTo(expected[m][n]);
            }
        }
    }

    @Test
    void halvesAreSummedUp() {
        for (int i = C; i < A; i += 4) {
            memory.set(ValueLayout.JAVA_FLOAT, i, random.nextFloat());
        }
        for (int i = A; i < BYTES; i += 2) {
            int bits = Float.floatToRawIntBits((float) random.nextGaussian());
            memory.set(ValueLayout.JAVA_SHORT, i, (short) (bits >> 16));
        }
        shapes();
        var expected = new double[ROWS][COLUMNS];
        for (int m = 0; m < ROWS; m++) {
            for (int n = 0; n < COLUMNS; n++) {
                expected[m][n] = memory.get(ValueLayout.JAVA_FLOAT, C + m * STRIDE + 4 * n);
                for (int k = 0; k < 2 * DEPTH; k++) {
                    expected[m][n] +=
                            (double) half(A + m * STRIDE + 2 * k) * half(B + k / 2 * STRIDE + 4 * n + k % 2 * 2);
                }
            }
        }
        run(product(TDPBF16PS, true), memory);
        for (int m = 0; m < ROWS; m++) {
            for (int n = 0; n < COLUMNS; n++) {
                assertThat((double) memory.get(ValueLayout.JAVA_FLOAT, C + m * STRIDE + 4 * n))
                        .as("row %d, column %d", m, n)
                        .isCloseTo(expected[m][n], within(1e-5));
            }
        }
    }

    private float half(int at) {
        return Float.intBitsToFloat(memory.get(ValueLayout.JAVA_SHORT, at) << 16);
    }

    @Test
    void shapesMustFit() {
        shapes();
        shape(2, DEPTH + 1, 4 * COLUMNS);
        assertThatThrownBy(() -> run(product(TDPBSSD, true), memory))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(
                        "tdpbssd tmm0, tmm1, tmm2: tiles: a product of 5 x 24 and 7 x 28 bytes to 5 x 28");
    }

    @Test
    void tilesMustBeReleased() {
        shapes();
        run(product(TDPBSSD, false), memory);
        assertThatThrownBy(EmulatedCode::checkTilesAreReleased)
                .hasMessageContaining("on return the tiles are not released");
        EmulatedCode.checkTilesAreReleased();
    }

    @Test
    void nothingBehindTheMemoryIsRead() {
        shapes();
        long last = B + (DEPTH - 1) * STRIDE + 4 * COLUMNS;
        run(product(TDPBSSD, true), memory.asSlice(0, last));
        assertThatThrownBy(() -> run(product(TDPBSSD, true), memory.asSlice(0, last - 1)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("tileloadd tmm2, [rdi+rax*1+0x840]: reads 28 bytes at ")
                .hasMessageContaining("which nothing permits; nearest: [arguments at ");
    }
}
