package dev.balsa.kernel.code;

import static dev.balsa.asm.AvxInstruction.VADDPS;
import static dev.balsa.asm.AvxInstruction.VBLENDVPS;
import static dev.balsa.asm.AvxInstruction.VBROADCASTSS;
import static dev.balsa.asm.AvxInstruction.VCMPPS;
import static dev.balsa.asm.AvxInstruction.VDIVPS;
import static dev.balsa.asm.AvxInstruction.VMASKMOVPS;
import static dev.balsa.asm.AvxInstruction.VMAXPS;
import static dev.balsa.asm.AvxInstruction.VMINPS;
import static dev.balsa.asm.AvxInstruction.VMOVAPS;
import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.AvxInstruction.VMULPS;
import static dev.balsa.asm.AvxInstruction.VROUNDPS;
import static dev.balsa.asm.AvxInstruction.VSQRTPS;
import static dev.balsa.asm.AvxInstruction.VSUBPS;
import static dev.balsa.asm.FmaInstruction.VFMADD213PS;
import static dev.balsa.asm.FmaInstruction.VFMADD231PS;
import static dev.balsa.asm.FmaInstruction.VFNMADD231PS;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Avx512Instruction;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.GeneralInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Instruction;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Mask;
import dev.balsa.asm.MaskInstruction;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Operand;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Storage;
import java.util.Arrays;
import java.util.List;

/// Arithmetic on vectors of floats, in the words of AVX2 or AVX-512. Not thread-safe.
///
/// Results come first. Where a memory operand may stand, it is a whole vector or, after [#all], a constant.
/// Minimum and maximum of a number and NaN are the second operand, as the processor has it (Intel SDM, volume 2,
/// *MINPS*).
public final class Lanes {
    /// What a comparison asks (Intel SDM, volume 2, *CMPPS*; quiet); all but the last are false for NaN.
    public enum Comparison {
        LESS(0x11),
        GREATER(0x1E),
        EQUAL(0x00),
        /// One of them is NaN.
        UNORDERED(0x03);

        private final int predicate;

        Comparison(int predicate) {
            this.predicate = predicate;
        }
    }

    /// The mask register of comparisons.
    private static final Mask CHOICE = Mask.K1;
    /// The mask register of the first lanes.
    private static final Mask FIRST = Mask.K2;

    private static final int NEAREST = 8;
    private static final int DOWN = 9;
    private static final int UP = 10;

    private final Assembler assembler;
    private final VectorUnit unit;

    /// Appends to an assembler.
    public Lanes(Assembler assembler, VectorUnit unit) {
        this.assembler = assembler;
        this.unit = unit;
    }

    /// The assembler, for all else.
    public Assembler assembler() {
        return assembler;
    }

    /// The unit written for.
    public VectorUnit unit() {
        return unit;
    }

    /// A constant in all lanes.
    public Mem all(float value) {
        return bits(Float.floatToRawIntBits(value));
    }

    /// An integer constant in all lanes.
    public Mem bits(int value) {
        long pair = Integer.toUnsignedLong(value) | (long) value << Integer.SIZE;
        var numbers = new long[unit.bytes() / Long.BYTES];
        Arrays.fill(numbers, pair);
        return assembler.constant(numbers);
    }

    private void emit(Instruction instruction, Operand... operands) {
        assembler.emit(instruction, operands);
    }

    /// d = x
    public void move(Vec d, Vec x) {
        if (!d.equals(x)) {
            emit(VMOVAPS, d, x);
        }
    }

    /// d = memory
    public void load(Vec d, Mem x) {
        emit(VMOVUPS, d, x);
    }

    /// memory = x
    public void store(Mem d, Vec x) {
        emit(VMOVUPS, d, x);
    }

    /// d = the numbers at x
    ///
    /// @param storage not [Storage#PARTS]
    public void load(Vec d, Mem x, Storage storage) {
        load(d, d, x, storage);
    }

    /// d = the chosen numbers at x
    ///
    /// @param chosen d, or the lanes of it that are loaded
    public void load(Vec d, Vec chosen, Mem x, Storage storage) {
        switch (storage) {
            case FLOATS -> emit(VMOVUPS, chosen, x);
            case BFLOAT16 -> {
                emit(IntegerVectorInstruction.VPMOVZXWD, chosen, x);
                shiftLeft(d, d, Short.SIZE);
            }
            case PARTS -> throw new IllegalArgumentException("no code for numbers in parts");
        }
    }

    /// memory = x
    ///
    /// @param storage not [Storage#PARTS]
    /// @param temporary overwritten; may be x
    public void store(Mem d, Vec x, Storage storage, Vec temporary) {
        switch (storage) {
            case FLOATS -> store(d, x);
            case BFLOAT16 -> emit(VMOVUPS, d, rounded(x, temporary));
            case PARTS -> throw new IllegalArgumentException("no code for numbers in parts");
        }
    }

    /// memory = the bfloat16 numbers of x, then those of y
    ///
    /// @param temporary overwritten; may be one of them
    public void storePair(Mem d, Vec x, Vec y, Vec temporary) {
        emit(Avx512Instruction.VCVTNE2PS2BF16, temporary, y, x);
        emit(VMOVUPS, d, temporary);
    }

    /// The lower half of a register, with the bfloat16 numbers nearest to those of x.
    Vec rounded(Vec x, Vec temporary) {
        var half = temporary.as(unit.bits() / 2);
        emit(Avx512Instruction.VCVTNEPS2BF16, half, x);
        return half;
    }

    /// d = the float at x in all lanes
    public void broadcast(Vec d, Mem x) {
        emit(VBROADCASTSS, d, x);
    }

    /// d = 0
    public void zero(Vec d) {
        var low = d.as(Vec.xmm(0).bits());
        // Registers from 16 on have no short form.
        if (d.number() < 16) {
            emit(AvxInstruction.VXORPS, low, low, low);
        } else {
            emit(Avx512Instruction.VPXORD, d, d, d);
        }
    }

    /// d = x + y
    public void add(Vec d, Vec x, Operand y) {
        emit(VADDPS, d, x, y);
    }

    /// d = x - y
    public void subtract(Vec d, Vec x, Operand y) {
        emit(VSUBPS, d, x, y);
    }

    /// d = x y
    public void multiply(Vec d, Vec x, Operand y) {
        emit(VMULPS, d, x, y);
    }

    /// d = x / y
    public void divide(Vec d, Vec x, Operand y) {
        emit(VDIVPS, d, x, y);
    }

    /// d = the quotient, correctly rounded as [#divide] has it, by multiplications (Markstein, *Computation of
    /// elementary functions on the IBM RISC System/6000 processor*, 1990): the first correction brings it within a
    /// unit in the last place, the second one rounds it.
    ///
    /// Where x or the quotient is no number or above 2^120 it may be another, or where x is below 2^-100, then by
    /// less than 2^-50.
    ///
    /// @param inverse 1 / y, rounded to nearest
    /// @param rest overwritten
    public void divide(Vec d, Vec x, Vec y, Vec inverse, Vec rest) {
        emit(VMULPS, d, x, inverse);
        for (int correction = 0; correction < 2; correction++) {
            move(rest, x);
            subtractProduct(rest, d, y);
            accumulate(d, rest, inverse);
        }
    }

    /// Whether a divisor is neither too small nor too large for a quotient by multiplications.
    public static boolean isOrdinary(float divisor) {
        return divisor >= 0x1p-50f && divisor <= 0x1p50f;
    }

    /// d = the lesser; y if one is NaN
    public void min(Vec d, Vec x, Operand y) {
        emit(VMINPS, d, x, y);
    }

    /// d = the greater; y if one is NaN
    public void max(Vec d, Vec x, Operand y) {
        emit(VMAXPS, d, x, y);
    }

    /// d = sqrt(x)
    public void sqrt(Vec d, Vec x) {
        emit(VSQRTPS, d, x);
    }

    /// d = d + x y, rounded once
    public void accumulate(Vec d, Vec x, Operand y) {
        emit(VFMADD231PS, d, x, y);
    }

    /// d = d - x y, rounded once
    public void subtractProduct(Vec d, Vec x, Operand y) {
        emit(VFNMADD231PS, d, x, y);
    }

    /// d = d x + y, rounded once
    public void scale(Vec d, Vec x, Operand y) {
        emit(VFMADD213PS, d, x, y);
    }

    /// d = c0 + c1 x + c2 x^2 + …
    void polynomial(Vec d, Vec x, List<Float> coefficients) {
        load(d, all(coefficients.getLast()));
        for (var coefficient : coefficients.reversed().subList(1, coefficients.size())) {
            scale(d, x, all(coefficient));
        }
    }

    /// d = x rounded to the nearest integer, ties to even
    public void round(Vec d, Vec x) {
        round(d, x, NEAREST);
    }

    /// d = x rounded down
    public void floor(Vec d, Vec x) {
        round(d, x, DOWN);
    }

    /// d = x rounded up
    public void ceil(Vec d, Vec x) {
        round(d, x, UP);
    }

    private void round(Vec d, Vec x, int how) {
        emit(unit.hasMasks() ? Avx512Instruction.VRNDSCALEPS : VROUNDPS, d, x, Imm.of(how));
    }

    /// d = x less its integer part, rounded down; on units with masks
    void fraction(Vec d, Vec x) {
        emit(Avx512Instruction.VREDUCEPS, d, x, Imm.of(DOWN));
    }

    /// d = 1 / x, off by 2^-14 of itself at most (Intel SDM, volume 2, *VRCP14PS*), and not the same on all
    /// processors; on units with masks
    void reciprocal(Vec d, Vec x) {
        emit(Avx512Instruction.VRCP14PS, d, x);
    }

    /// x = what it becomes by its kind, as a table says in every lane; on units with masks
    void mend(Vec x, Operand table) {
        emit(Avx512Instruction.VFIXUPIMMPS, x, x, table, Imm.of(0));
    }

    /// d = x times two to the power of y, rounded down; on units with masks
    void timesPowerOfTwo(Vec d, Vec x, Vec y) {
        emit(Avx512Instruction.VSCALEFPS, d, x, y);
    }

    /// d = the bits of x and y
    public void and(Vec d, Vec x, Operand y) {
        emit(AvxInstruction.VANDPS, d, x, y);
    }

    /// d = the bits of x or y
    public void or(Vec d, Vec x, Operand y) {
        emit(AvxInstruction.VORPS, d, x, y);
    }

    /// d = the bits of x or else y
    public void xor(Vec d, Vec x, Operand y) {
        emit(AvxInstruction.VXORPS, d, x, y);
    }

    /// d = x + y, as integers
    public void addIntegers(Vec d, Vec x, Operand y) {
        emit(IntegerVectorInstruction.VPADDD, d, x, y);
    }

    /// d = x - y, as integers
    public void subtractIntegers(Vec d, Vec x, Operand y) {
        emit(IntegerVectorInstruction.VPSUBD, d, x, y);
    }

    /// d = those of twice as many numbers as there are lanes that the low bits of x say; for 512 bits
    public void lookUp(Vec d, Vec x, int[] table) {
        int half = table.length / 2;
        load(d, assembler.constant(pairs(table, 0, half)));
        emit(Avx512Instruction.VPERMT2PS, d, x, assembler.constant(pairs(table, half, table.length)));
    }

    private static long[] pairs(int[] numbers, int from, int to) {
        var words = new long[(to - from) / 2];
        for (int i = from; i < to; i++) {
            words[(i - from) / 2] |= Integer.toUnsignedLong(numbers[i]) << i % 2 * Integer.SIZE;
        }
        return words;
    }

    /// d = x shifted up, as integers
    public void shiftLeft(Vec d, Vec x, int by) {
        emit(IntegerVectorInstruction.VPSLLD, d, x, Imm.of(by));
    }

    /// d = x shifted down with its sign, as integers
    public void shiftRight(Vec d, Vec x, int by) {
        emit(IntegerVectorInstruction.VPSRAD, d, x, Imm.of(by));
    }

    /// d = (x compared with y) ? then : otherwise
    ///
    /// @param temporary overwritten; may be d, if that is none of the operands
    public void select(Vec d, Vec x, Comparison comparison, Operand y, Operand then, Vec otherwise, Vec temporary) {
        if (unit.hasMasks()) {
            emit(VCMPPS, CHOICE, x, y, Imm.of(comparison.predicate));
            emit(Avx512Instruction.VBLENDMPS, d.mask(CHOICE), otherwise, then);
        } else {
            emit(VCMPPS, temporary, x, y, Imm.of(comparison.predicate));
            emit(VBLENDVPS, d, otherwise, then, temporary);
        }
    }

    /// Clears the processor's zero flag if a lane of x compares with y so, and sets it if none does.
    ///
    /// @param temporary overwritten
    public void testAny(Vec x, Comparison comparison, Operand y, Vec temporary) {
        if (unit.hasMasks()) {
            emit(VCMPPS, CHOICE, x, y, Imm.of(comparison.predicate));
            emit(MaskInstruction.KORTESTW, CHOICE, CHOICE);
        } else {
            emit(VCMPPS, temporary, x, y, Imm.of(comparison.predicate));
            emit(AvxInstruction.VTESTPS, temporary, temporary);
        }
    }

    /// Prepares for [#loadFirst] and [#storeFirst]; overwrites rax. Needed once per routine.
    public void chooseFirst(int count) {
        if (unit.hasMasks()) {
            emit(GeneralInstruction.MOV, Gpr.RAX.low32(), Imm.of((1 << count) - 1));
            emit(MaskInstruction.KMOVW, FIRST, Gpr.RAX.low32());
        }
    }

    /// The first lanes at a place, for stores; on units with masks, after [#chooseFirst].
    Mem first(Mem place) {
        return place.mask(FIRST);
    }

    /// d = the first floats at x, and zeros; nothing behind them is read.
    public void loadFirst(Vec d, Mem x, int count) {
        if (unit.hasMasks()) {
            emit(VMOVUPS, d.zero(FIRST), x);
        } else {
            emit(VMOVAPS, d, first(count));
            emit(VMASKMOVPS, d, d, x);
        }
    }

    /// The first floats at d = those of x; nothing behind them is written.
    ///
    /// @param temporary overwritten
    public void storeFirst(Mem d, Vec x, int count, Vec temporary) {
        if (unit.hasMasks()) {
            emit(VMOVUPS, d.mask(FIRST), x);
        } else {
            emit(VMOVAPS, temporary, first(count));
            emit(VMASKMOVPS, d, temporary, x);
        }
    }

    /// d = the first numbers at x, and zeros, likewise; all of them, if there are as many lanes
    ///
    /// @param storage not [Storage#PARTS]; floats on units without masks
    public void loadFirst(Vec d, Mem x, int count, Storage storage) {
        if (count == unit.lanes()) {
            load(d, x, storage);
        } else if (storage == Storage.FLOATS) {
            loadFirst(d, x, count);
        } else {
            load(d, d.zero(FIRST), x, storage);
        }
    }

    /// The first numbers at d = those of x, likewise; all of them, if there are as many lanes
    ///
    /// @param storage not [Storage#PARTS]; floats on units without masks
    /// @param temporary overwritten; may be x on units with masks
    public void storeFirst(Mem d, Vec x, int count, Storage storage, Vec temporary) {
        if (count == unit.lanes()) {
            store(d, x, storage, temporary);
        } else if (storage == Storage.FLOATS) {
            storeFirst(d, x, count, temporary);
        } else {
            emit(Avx512Instruction.VMOVDQU16, d.mask(FIRST), rounded(x, temporary));
        }
    }

    private Mem first(int count) {
        var numbers = new long[unit.bytes() / Long.BYTES];
        for (int i = 0; i < count; i++) {
            numbers[i / 2] |= 0xFFFF_FFFFL << Integer.SIZE * (i % 2);
        }
        return assembler.constant(numbers);
    }
}
