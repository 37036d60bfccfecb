package dev.balsa.asm;

import static dev.balsa.asm.Avx512Instruction.VCVTNEPS2BF16;
import static dev.balsa.asm.Avx512Instruction.VDPBF16PS;
import static dev.balsa.asm.Avx512Instruction.VPCOMPRESSD;
import static dev.balsa.asm.Avx512Instruction.VPEXPANDD;
import static dev.balsa.asm.Avx512Instruction.VPTERNLOGD;
import static dev.balsa.asm.AvxInstruction.VADDPS;
import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.IntegerVectorInstruction.VPDPBUSD;
import static dev.balsa.asm.IntegerVectorInstruction.VPDPBUSDS;
import static dev.balsa.asm.IntegerVectorInstruction.VPDPBUSD_VEX;
import static dev.balsa.asm.IntegerVectorInstruction.VPDPWSSD;
import static dev.balsa.asm.Vec.xmm;
import static dev.balsa.asm.Vec.ymm;
import static dev.balsa.asm.Vec.zmm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.asm.emulator.EmulatedCode;
import dev.balsa.asm.emulator.PermittedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Emulated instructions that few processors have, on numbers worked out by hand from the manual; [EmulatorTest]
/// asks the processor where there is one.
class EmulatedInstructionsTest {
    private static final int VECTOR = 64;
    private static final Mask EVEN = Mask.K1;

    /// Loads zmm0, zmm1 and zmm2 from three vectors of integers and k1 with every second lane, executes an
    /// instruction, and returns zmm0.
    private static int[] zmm0(int[] x, int[] y, int[] z, Instruction instruction, Operand... operands) {
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocate(3 * VECTOR, VECTOR);
            MemorySegment.copy(x, 0, memory, ValueLayout.JAVA_INT, 0, x.length);
            MemorySegment.copy(y, 0, memory, ValueLayout.JAVA_INT, VECTOR, y.length);
            MemorySegment.copy(z, 0, memory, ValueLayout.JAVA_INT, 2L * VECTOR, z.length);
            run(memory, instruction, operands);
            return memory.asSlice(0, VECTOR).toArray(ValueLayout.JAVA_INT);
        }
    }

    private static void run(MemorySegment memory, Instruction instruction, Operand... operands) {
        var a = new Assembler();
        for (int i = 0; i < 3; i++) {
            a.emit(VMOVUPS, zmm(i), Mem.at(Gpr.RDI, VECTOR * i));
        }
        a.emit(GeneralInstruction.MOV, Gpr.RAX.low32(), Imm.of(0x5555));
        a.emit(MaskInstruction.KMOVW, EVEN, Gpr.RAX.low32());
        a.emit(instruction, operands);
        a.emit(VMOVUPS, Mem.at(Gpr.RDI, 0), zmm(0));
        a.emit(AvxInstruction.VZEROUPPER);
        a.emit(GeneralInstruction.RET);
        try (var code = EmulatedCode.of(a.finish(), new PermittedMemory())) {
            code.call(0, memory, 0, 0);
        }
    }

    private static int[] all(int value) {
        return IntStream.generate(() -> value).limit(16).toArray();
    }

    private static int[] all(float value) {
        return all(Float.floatToRawIntBits(value));
    }

    private static int[] count() {
        return IntStream.range(0, 16).toArray();
    }

    @Test
    void bytesAreUnsignedInTheFirstSourceAndSignedInTheSecond() {
        int[] unsigned = all(0xFF_FF_01_02);
        int[] signed = all(0x7F_80_FF_01);
        assertThat(zmm0(all(10), unsigned, signed, VPDPBUSD, zmm(0), zmm(1), zmm(2)))
                .containsOnly(10 + 255 * 127 - 255 * 128 - 1 + 2);
        assertThat(zmm0(all(10), unsigned, signed, VPDPBUSD_VEX, ymm(0), ymm(1), ymm(2)))
                .startsWith(10 - 255 - 1 + 2)
                .endsWith(0, 0, 0, 0, 0, 0, 0, 0);
        assertThat(zmm0(all(5), all(0x0003_FFFF), all(0x0004_0002), VPDPWSSD, zmm(0), zmm(1), zmm(2)))
                .containsOnly(5 + 12 - 2);
    }

    @Test
    void onlyTheSaturatingSumStopsAtTheBound() {
        int[] most = all(Integer.MAX_VALUE);
        assertThat(zmm0(most, all(1), all(1), VPDPBUSD, zmm(0), zmm(1), zmm(2))).containsOnly(Integer.MIN_VALUE);
        assertThat(zmm0(most, all(1), all(1), VPDPBUSDS, zmm(0), zmm(1), zmm(2)))
                .containsOnly(Integer.MAX_VALUE);
    }

    @Test
    void otherLanesStayOrBecomeZero() {
        assertThat(zmm0(all(7f), all(1f), all(2f), VADDPS, zmm(0).mask(EVEN), zmm(1), zmm(2)))
                .startsWith(Float.floatToRawIntBits(3f), Float.floatToRawIntBits(7f));
        assertThat(zmm0(all(7f), all(1f), all(2f), VADDPS, zmm(0).zero(EVEN), zmm(1), zmm(2)))
                .startsWith(Float.floatToRawIntBits(3f), 0);
    }

    @Test
    void chosenLanesAreCompressedAndExpanded() {
        assertThat(zmm0(all(9), count(), all(0), VPCOMPRESSD, zmm(0).mask(EVEN), zmm(1)))
                .containsExactly(0, 2, 4, 6, 8, 10, 12, 14, 9, 9, 9, 9, 9, 9, 9, 9);
        assertThat(zmm0(all(9), count(), all(0), VPEXPANDD, zmm(0).zero(EVEN), zmm(1)))
                .containsExactly(0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0);
    }

    @Test
    void anyFunctionOfThreeBitsIsATable() {
        int select = 0xCA;
        assertThat(zmm0(all(0x0F0F), all(0x1234), all(0x5678), VPTERNLOGD, zmm(0), zmm(1), zmm(2), Imm.of(select)))
                .containsOnly(0x0F0F & 0x1234 | ~0x0F0F & 0x5678);
    }

    @Test
    void floatsBecomeTheNearestHalves() {
        int[] floats = {
            0x3F80_0000, 0x3F80_8000, 0x3F81_8000, 0x3F80_8001, 0x7F7F_FFFF, 0x7F80_0000, 0x7F80_0001, 0x8000_0001
        };
        int[] y = new int[16];
        System.arraycopy(floats, 0, y, 0, 8);
        assertThat(zmm0(all(-1), y, all(0), VCVTNEPS2BF16, xmm(0), ymm(1)))
                .startsWith(0x3F80_3F80, 0x3F81_3F82, 0x7F80_7F80, 0x8000_7FC0)
                .endsWith(0, 0, 0, 0);
    }

    /// The odd product first: 2^24 + 1 is 2^24, from which the even product leaves nothing.
    @Test
    void halvesAreSummedUpOddOnesFirst() {
        int one = 0x3F80;
        int large = 0x4B80;
        int negative = 0xCB80;
        int[] sums =
                zmm0(all(0x1p24f), all(one << 16 | negative), all(one << 16 | one), VDPBF16PS, zmm(0), zmm(1), zmm(2));
        assertThat(sums).containsOnly(0);
        sums = zmm0(all(0x1p24f), all(negative << 16 | one), all(one << 16 | one), VDPBF16PS, zmm(0), zmm(1), zmm(2));
        assertThat(sums).containsOnly(Float.floatToRawIntBits(1f));
        int[] denormal =
                zmm0(all(0x0000_0001), all(0x0001_0001), all(large << 16 | large), VDPBF16PS, zmm(0), zmm(1), zmm(2));
        assertThat(denormal).containsOnly(0);
    }

    @Test
    void aMaskedLoadTouchesTheChosenLanesOnly() {
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocate(4 * VECTOR, VECTOR);
            // The last lane is not chosen, and lies behind what is permitted.
            var permitted = memory.asSlice(0, 4 * VECTOR - Integer.BYTES);
            run(permitted, VMOVUPS, zmm(0).zero(EVEN), Mem.at(Gpr.RDI, 3 * VECTOR));
            assertThatThrownBy(() -> run(permitted, VMOVUPS, zmm(0), Mem.at(Gpr.RDI, 3 * VECTOR)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("vmovups zmm0, [rdi+0xc0]: reads 64 bytes at ");
        }
    }
}
