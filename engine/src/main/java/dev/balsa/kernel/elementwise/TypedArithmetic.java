package dev.balsa.kernel.elementwise;

import static dev.balsa.asm.AvxInstruction.VCMPPS;
import static dev.balsa.asm.AvxInstruction.VCVTDQ2PS;
import static dev.balsa.asm.AvxInstruction.VCVTSI2SS;
import static dev.balsa.asm.AvxInstruction.VCVTTPS2DQ;
import static dev.balsa.asm.AvxInstruction.VCVTTSS2SI;
import static dev.balsa.asm.AvxInstruction.VMOVQ;
import static dev.balsa.asm.IntegerVectorInstruction.VEXTRACTI128;
import static dev.balsa.asm.IntegerVectorInstruction.VINSERTI128;
import static dev.balsa.asm.IntegerVectorInstruction.VPABSD;
import static dev.balsa.asm.IntegerVectorInstruction.VPADDD;
import static dev.balsa.asm.IntegerVectorInstruction.VPADDQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPAND;
import static dev.balsa.asm.IntegerVectorInstruction.VPBLENDVB;
import static dev.balsa.asm.IntegerVectorInstruction.VPCMPEQD;
import static dev.balsa.asm.IntegerVectorInstruction.VPCMPEQQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPCMPGTD;
import static dev.balsa.asm.IntegerVectorInstruction.VPCMPGTQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPEXTRQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPINSRQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPMAXSD;
import static dev.balsa.asm.IntegerVectorInstruction.VPMINSD;
import static dev.balsa.asm.IntegerVectorInstruction.VPMULLD;
import static dev.balsa.asm.IntegerVectorInstruction.VPMULUDQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPOR;
import static dev.balsa.asm.IntegerVectorInstruction.VPSHUFD;
import static dev.balsa.asm.IntegerVectorInstruction.VPSLLQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPSRLD;
import static dev.balsa.asm.IntegerVectorInstruction.VPSRLQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPSUBD;
import static dev.balsa.asm.IntegerVectorInstruction.VPSUBQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPUNPCKLQDQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPXOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Instruction;
import dev.balsa.asm.Operand;
import dev.balsa.asm.Vec;
import dev.balsa.tensor.DataType;

/// Writes what a [TypedFunction] does to a vector of each operand: ymm0 = f(ymm0, ymm1, ymm2); overwrites those,
/// ymm3 and ymm4.
final class TypedArithmetic {
    /// What comparisons of floats ask (Intel SDM, volume 2, *CMPPS*); quiet.
    private static final int EQUAL = 0x00;

    private static final int ORDERED = 0x07;
    private static final int LESS = 0x11;
    private static final int LESS_OR_EQUAL = 0x12;
    private static final int NOT_EQUAL = 0x04;
    private static final int GREATER_OR_EQUAL = 0x1D;
    private static final int GREATER = 0x1E;

    private static final float TWO_TO_31 = 0x1p31f;
    private static final float TWO_TO_63 = 0x1p63f;
    /// Shuffles of 32 bits: the low half of each lane of 64 bits to both, the second lane to the first.
    private static final int LOW_HALVES = 0xA0;

    private static final int HIGH_LANE = 0xEE;

    private final Assembler a;
    private final TypedCode.Form form;
    private final TypedMoves moves;
    private final boolean wide;
    private final Vec x = Vec.ymm(0);
    private final Vec y = Vec.ymm(1);
    private final Vec z = Vec.ymm(2);
    private final Vec t = Vec.ymm(3);
    private final Vec u = Vec.ymm(4);

    TypedArithmetic(Assembler assembler, TypedCode.Form form) {
        this.a = assembler;
        this.form = form;
        wide = form.isWide();
        moves = new TypedMoves(assembler, wide);
    }

    private void emit(Instruction instruction, Operand... operands) {
        a.emit(instruction, operands);
    }

    void write() {
        switch (form.function()) {
            case EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> compare();
            case AND -> emit(VPAND, x, x, y);
            case OR -> emit(VPOR, x, x, y);
            case XOR -> emit(VPXOR, x, x, y);
            case NOT -> emit(VPXOR, x, x, moves.all(1));
            case ADD -> emit(wide ? VPADDQ : VPADDD, x, x, y);
            case SUB -> emit(wide ? VPSUBQ : VPSUBD, x, x, y);
            case MUL -> multiply();
            case MIN -> extreme(VPMINSD, x, y);
            case MAX -> extreme(VPMAXSD, y, x);
            case NEG -> {
                emit(VPXOR, t, t, t);
                emit(wide ? VPSUBQ : VPSUBD, x, t, x);
            }
            case ABS -> absolute();
            case SELECT -> {
                emit(VPXOR, t, t, t);
                emit(wide ? VPSUBQ : VPSUBD, x, t, x);
                emit(VPBLENDVB, x, z, y, x);
            }
            case CAST -> cast();
        }
    }

    private void compare() {
        if (form.types().getFirst() == DataType.FLOAT32) {
            emit(VCMPPS, x, x, y, Imm.of(predicate(form.function())));
            shiftOnes();
            return;
        }
        var greater = wide ? VPCMPGTQ : VPCMPGTD;
        switch (form.function()) {
            case EQUAL -> emit(wide ? VPCMPEQQ : VPCMPEQD, x, x, y);
            case GREATER, LESS_OR_EQUAL -> emit(greater, x, x, y);
            default -> emit(greater, x, y, x);
        }
        if (form.function() == TypedFunction.LESS_OR_EQUAL || form.function() == TypedFunction.GREATER_OR_EQUAL) {
            addOne();
        } else {
            shiftOnes();
        }
    }

    private static int predicate(TypedFunction function) {
        return switch (function) {
            case EQUAL -> EQUAL;
            case LESS -> LESS;
            case LESS_OR_EQUAL -> LESS_OR_EQUAL;
            case GREATER -> GREATER;
            default -> GREATER_OR_EQUAL;
        };
    }

    /// Lanes of ones become 1.
    private void shiftOnes() {
        emit(wide ? VPSRLQ : VPSRLD, x, x, Imm.of(wide ? Long.SIZE - 1 : Integer.SIZE - 1));
    }

    /// Lanes of ones become 0, zeros become 1; of lanes of 64 bits only the low byte counts.
    private void addOne() {
        emit(VPADDD, x, x, moves.all(1));
    }

    private void multiply() {
        if (!wide) {
            emit(VPMULLD, x, x, y);
            return;
        }
        // The low halves' product, and the mixed products' low halves above it.
        emit(VPSRLQ, t, x, Imm.of(Integer.SIZE));
        emit(VPMULUDQ, t, t, y);
        emit(VPSRLQ, u, y, Imm.of(Integer.SIZE));
        emit(VPMULUDQ, u, u, x);
        emit(VPADDQ, t, t, u);
        emit(VPSLLQ, t, t, Imm.of(Integer.SIZE));
        emit(VPMULUDQ, x, x, y);
        emit(VPADDQ, x, x, t);
    }

    /// x = `one` where x is not greater than y, else `other`.
    private void extreme(Instruction narrow, Vec one, Vec other) {
        if (!wide) {
            emit(narrow, x, x, y);
            return;
        }
        emit(VPCMPGTQ, t, x, y);
        emit(VPBLENDVB, x, one, other, t);
    }

    private void absolute() {
        if (!wide) {
            emit(VPABSD, x, x);
            return;
        }
        emit(VPXOR, t, t, t);
        emit(VPCMPGTQ, t, t, x);
        emit(VPXOR, x, x, t);
        emit(VPSUBQ, x, x, t);
    }

    private void cast() {
        boolean fromFloat = form.types().getFirst() == DataType.FLOAT32;
        boolean toFloat = form.result() == DataType.FLOAT32;
        if (fromFloat == toFloat) {
            if (form.result() == DataType.BOOL) {
                emit(VPXOR, t, t, t);
                emit(wide ? VPCMPEQQ : VPCMPEQD, x, x, t);
                addOne();
            }
        } else if (toFloat && form.types().getFirst() == DataType.INT64) {
            ofLongs();
        } else if (toFloat) {
            emit(VCVTDQ2PS, x, x);
        } else if (form.result() == DataType.BOOL) {
            emit(VPXOR, t, t, t);
            emit(VCMPPS, x, x, t, Imm.of(NOT_EQUAL));
            shiftOnes();
        } else if (form.result() == DataType.INT64) {
            toLongs();
        } else {
            toIntegers();
        }
    }

    /// Floats in the low halves of lanes, one after the other: vectors of them come with AVX-512 only.
    private void toLongs() {
        emit(VCMPPS, t, x, moves.all(Float.floatToRawIntBits(TWO_TO_63)), Imm.of(GREATER_OR_EQUAL));
        emit(VCMPPS, u, x, x, Imm.of(ORDERED));
        emit(VPSHUFD, t, t, Imm.of(LOW_HALVES));
        emit(VPSHUFD, u, u, Imm.of(LOW_HALVES));
        emit(VEXTRACTI128, low(z), x, Imm.of(1));
        toLongs(low(x), low(y));
        toLongs(low(z), low(y));
        emit(VINSERTI128, x, x, low(z), Imm.of(1));
        // The processor gives the least integer for what is out of range.
        emit(VPXOR, x, x, t);
        emit(VPAND, x, x, u);
    }

    /// Two lanes; overwrites rax, rsi and the other register.
    private void toLongs(Vec two, Vec other) {
        emit(VPSHUFD, other, two, Imm.of(HIGH_LANE));
        emit(VCVTTSS2SI, Gpr.RAX, two);
        emit(VCVTTSS2SI, Gpr.RSI, other);
        emit(VMOVQ, two, Gpr.RAX);
        emit(VPINSRQ, two, two, Gpr.RSI, Imm.of(1));
    }

    private void ofLongs() {
        emit(VEXTRACTI128, low(z), x, Imm.of(1));
        ofLongs(low(x), low(y));
        ofLongs(low(z), low(y));
        emit(VINSERTI128, x, x, low(z), Imm.of(1));
    }

    /// Two lanes to floats in their low halves; overwrites rax, rsi and the other register.
    private void ofLongs(Vec two, Vec other) {
        emit(VMOVQ, Gpr.RAX, two);
        emit(VPEXTRQ, Gpr.RSI, two, Imm.of(1));
        // What is in the registers is kept but for the float, and would be waited for.
        emit(VPXOR, two, two, two);
        emit(VPXOR, other, other, other);
        emit(VCVTSI2SS, two, two, Gpr.RAX);
        emit(VCVTSI2SS, other, other, Gpr.RSI);
        emit(VPUNPCKLQDQ, two, two, other);
    }

    private static Vec low(Vec register) {
        return Vec.xmm(register.number());
    }

    /// The processor gives the least integer for what is out of range.
    private void toIntegers() {
        emit(VCMPPS, t, x, moves.all(Float.floatToRawIntBits(TWO_TO_31)), Imm.of(GREATER_OR_EQUAL));
        emit(VCMPPS, u, x, x, Imm.of(ORDERED));
        emit(VCVTTPS2DQ, x, x);
        emit(VPXOR, x, x, t);
        emit(VPAND, x, x, u);
    }
}
