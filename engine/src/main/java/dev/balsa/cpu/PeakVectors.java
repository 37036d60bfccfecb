package dev.balsa.cpu;

import static dev.balsa.asm.AvxInstruction.VBROADCASTSS;
import static dev.balsa.asm.FmaInstruction.VFMADD213PS;
import static dev.balsa.asm.IntegerVectorInstruction.VPDPBUSD;
import static dev.balsa.asm.IntegerVectorInstruction.VPDPBUSD_VEX;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Instruction;

/// Multiply-adds of vectors: `sum = sum * first + second` of floats, `sum = sum + first * second` of bytes.
///
/// @param sums the registers
/// @param instruction what multiplies and adds
/// @param first what each lane of a factor holds, its bits
/// @param second the same of the other operand
/// @param perLane multiply-adds in 32 bits
record PeakVectors(PeakSums sums, Instruction instruction, int first, int second, int perLane) implements PeakProducts {
    /// Sums that do not wait for each other: more than the latency of an instruction (four or five cycles) times the
    /// units that do them (two).
    private static final int CHAINS = 12;

    /// Multiply-adds of a chain between two jumps.
    private static final int UNROLLED = 8;

    private static final int LANE_BYTES = 4;
    private static final int ONES = 0x0101_0101;

    /// A half of what was and one more, which is two in the end.
    static PeakVectors ofFloats(int vectorBytes) {
        return new PeakVectors(
                new PeakSums(CHAINS, vectorBytes),
                VFMADD213PS,
                Float.floatToRawIntBits(0.5f),
                Float.floatToRawIntBits(1),
                1);
    }

    /// Ones times ones, so that the sums count multiply-adds. Vectors of 32 bytes are multiplied as by a processor
    /// without AVX-512.
    static PeakVectors ofBytes(int vectorBytes) {
        var instruction = vectorBytes == 64 ? VPDPBUSD : VPDPBUSD_VEX;
        return new PeakVectors(new PeakSums(CHAINS, vectorBytes), instruction, ONES, ONES, LANE_BYTES);
    }

    @Override
    public void begin(Assembler assembler) {
        assembler.emit(VBROADCASTSS, sums.vector(CHAINS), assembler.constant(first));
        assembler.emit(VBROADCASTSS, sums.vector(CHAINS + 1), assembler.constant(second));
        sums.clear(assembler);
    }

    @Override
    public void turn(Assembler assembler) {
        for (int i = 0; i < UNROLLED * CHAINS; i++) {
            assembler.emit(instruction, sums.vector(i % CHAINS), sums.vector(CHAINS), sums.vector(CHAINS + 1));
        }
    }

    @Override
    public void end(Assembler assembler) {
        sums.store(assembler);
    }

    @Override
    public long multiplyAdds() {
        return (long) UNROLLED * perLane * sumBytes() / LANE_BYTES;
    }

    @Override
    public int sumBytes() {
        return sums.bytes();
    }
}
