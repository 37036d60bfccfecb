package dev.balsa.kernel.elementwise;

import static dev.balsa.asm.AvxInstruction.VMOVD;
import static dev.balsa.asm.AvxInstruction.VMOVQ;
import static dev.balsa.asm.IntegerVectorInstruction.VEXTRACTI128;
import static dev.balsa.asm.IntegerVectorInstruction.VMOVDQU;
import static dev.balsa.asm.IntegerVectorInstruction.VPBROADCASTB;
import static dev.balsa.asm.IntegerVectorInstruction.VPBROADCASTD;
import static dev.balsa.asm.IntegerVectorInstruction.VPBROADCASTQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPMINUD;
import static dev.balsa.asm.IntegerVectorInstruction.VPMOVSXBD;
import static dev.balsa.asm.IntegerVectorInstruction.VPMOVSXBQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPMOVSXDQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPMOVZXBD;
import static dev.balsa.asm.IntegerVectorInstruction.VPMOVZXBQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPSHUFB;
import static dev.balsa.asm.IntegerVectorInstruction.VPSHUFD;
import static dev.balsa.asm.IntegerVectorInstruction.VPUNPCKLDQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPUNPCKLQDQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPUNPCKLWD;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Instruction;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Operand;
import dev.balsa.asm.Vec;
import dev.balsa.tensor.DataType;
import java.util.Arrays;

/// Writes how elements of any type come to vectors of 256 bits, and back: as wide as the vector's lanes, bytes
/// with or without sign, bools as 0 or 1.
///
/// @param isWide whether lanes have 64 bits, not 32
record TypedMoves(Assembler assembler, boolean isWide) {
    private static final int LOW_DWORDS = 0x08;
    /// Zeros a byte of a shuffle.
    private static final long NONE = 0x80;

    /// Whether elements of a type can be moved.
    static boolean knows(DataType type) {
        return switch (type) {
            case FLOAT32, INT32, INT64, INT8, UINT8, BOOL -> true;
            default -> false;
        };
    }

    private void emit(Instruction instruction, Operand... operands) {
        assembler.emit(instruction, operands);
    }

    /// d = neighbouring elements
    void load(DataType type, Vec d, Mem place) {
        switch (type.elementBytes()) {
            case Byte.BYTES -> widenBytes(type, d, place);
            case Integer.BYTES -> emit(isWide ? VPMOVSXDQ : VMOVDQU, d, place);
            default -> emit(VMOVDQU, d, place);
        }
    }

    /// d = one element in all lanes
    void broadcast(DataType type, Vec d, Mem place) {
        switch (type.elementBytes()) {
            case Byte.BYTES -> {
                emit(VPBROADCASTB, low(d), place);
                widenBytes(type, d, low(d));
            }
            case Integer.BYTES -> {
                emit(VPBROADCASTD, d, place);
                if (isWide) {
                    emit(VPMOVSXDQ, d, low(d));
                }
            }
            default -> emit(VPBROADCASTQ, d, place);
        }
    }

    private void widenBytes(DataType type, Vec d, Operand x) {
        if (type == DataType.INT8) {
            emit(isWide ? VPMOVSXBQ : VPMOVSXBD, d, x);
        } else {
            emit(isWide ? VPMOVZXBQ : VPMOVZXBD, d, x);
        }
        if (type == DataType.BOOL) {
            emit(VPMINUD, d, d, all(1));
        }
    }

    /// A constant in all lanes of 32 bits.
    Mem all(int value) {
        return repeated(Integer.toUnsignedLong(value) | (long) value << Integer.SIZE, 4);
    }

    private Mem repeated(long pattern, int times) {
        var numbers = new long[times];
        Arrays.fill(numbers, pattern);
        return assembler.constant(numbers);
    }

    /// The low bytes of the lanes of x to memory; overwrites x and the other register.
    void store(DataType type, Mem place, Vec x, Vec other) {
        int bytes = type.elementBytes();
        if (bytes == Long.BYTES || bytes == Integer.BYTES && !isWide) {
            emit(VMOVDQU, place, x);
        } else if (bytes == Integer.BYTES) {
            emit(VPSHUFD, x, x, Imm.of(LOW_DWORDS));
            emit(VEXTRACTI128, low(other), x, Imm.of(1));
            emit(VPUNPCKLQDQ, low(x), low(x), low(other));
            emit(VMOVDQU, place, low(x));
        } else {
            // The low byte of each lane, first in each half of the vector.
            emit(VPSHUFB, x, x, isWide ? bytes(Long.BYTES, 2) : bytes(Integer.BYTES, 4));
            emit(VEXTRACTI128, low(other), x, Imm.of(1));
            emit(isWide ? VPUNPCKLWD : VPUNPCKLDQ, low(x), low(x), low(other));
            emit(isWide ? VMOVD : VMOVQ, place, low(x));
        }
    }

    /// Every so many bytes one, `count` of them, for both halves of a vector.
    private Mem bytes(int distance, int count) {
        long low = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            low |= (i < count ? i * (long) distance : NONE) << i * Byte.SIZE;
        }
        long none = 0x8080_8080_8080_8080L;
        return assembler.constant(new long[] {low, none, low, none});
    }

    private static Vec low(Vec register) {
        return Vec.xmm(register.number());
    }
}
