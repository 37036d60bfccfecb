package dev.balsa.kernel.code;

import dev.balsa.asm.Avx512Instruction;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Imm;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.SumResult;
import java.util.List;

/// Writes what a [SumResult] says to a vector of sums, and how its results are stored.
///
/// @param result what becomes of the sums
/// @param stages all of the epilogue; with a bias the first is its addition
/// @param floats whether sums come as floats, which hold them exactly
public record SumCode(SumResult result, List<Stage> stages, boolean floats) {
    private static final int TEMPORARIES = 2;
    /// Of four 32-bit integers the first and third, then the others.
    private static final int EVENS_FIRST = 0b11_01_10_00;
    /// The first 32 bits of each quarter of 512 bits, then the second ones; the rest is of no use.
    private static final long[] QUARTERS = {4L << 32, 12L << 32 | 8, 5L << 32 | 1, 13L << 32 | 9, 0, 0, 0, 0};

    private static final int HALF = 256;

    /// Copies the list.
    public SumCode {
        stages = List.copyOf(stages);
    }

    /// Whether all stages can be written.
    public static boolean knows(SumResult result, List<Stage> stages) {
        boolean isFloat = result.type() != SumResult.Type.INT32;
        return StageCode.knows(stages) && (isFloat || stages.size() == (result.biased() ? 1 : 0));
    }

    /// How many registers beside the sums are overwritten.
    public int temporaries() {
        return Math.max(TEMPORARIES, StageCode.temporaries(stages));
    }

    /// Writes x = what becomes of the sums x: integers or floats, one per lane.
    ///
    /// @param free at least [#temporaries] registers that are overwritten
    public void write(Lanes lanes, Vec x, List<Vec> free, StageCode.Operands operands) {
        boolean integers = !floats;
        if (floats && (result.biased() || result.type() == SumResult.Type.INT32)) {
            lanes.assembler().emit(AvxInstruction.VCVTPS2DQ, x, x);
            integers = true;
        }
        if (result.biased()) {
            addBias(lanes, x, free.getFirst(), operands);
        }
        if (result.type() == SumResult.Type.INT32) {
            return;
        }
        if (integers) {
            lanes.assembler().emit(AvxInstruction.VCVTDQ2PS, x, x);
        }
        StageCode.write(lanes, stages.subList(result.biased() ? 1 : 0, stages.size()), x, free, operands);
        if (result.isQuantized()) {
            quantize(lanes, x, free);
        }
    }

    /// Writes x = the integers that floats x are quantised to, one per lane, for [#store].
    ///
    /// @param free at least [#temporaries] registers that are overwritten
    public static void quantize(Lanes lanes, SumResult result, Vec x, List<Vec> free) {
        new SumCode(result, List.of(), true).quantize(lanes, x, free);
    }

    private void addBias(Lanes lanes, Vec x, Vec free, StageCode.Operands operands) {
        var place = operands.at((Stage.Binary) stages.getFirst());
        if (operands.lanes() < lanes.unit().lanes()) {
            lanes.loadFirst(free, place, operands.lanes());
            lanes.addIntegers(x, x, free);
        } else {
            lanes.addIntegers(x, x, place);
        }
    }

    /// A NaN becomes 0 before the zero point is added. The bounds are integers, so that it is the same to cut
    /// before rounding. Only the upper bound is cut to: packing to bytes cuts the rest, and adds the zero point on
    /// the way ([#store]); what is too low for an integer becomes the lowest one.
    private void quantize(Lanes lanes, Vec x, List<Vec> free) {
        if (result.scale() != 1) {
            lanes.divide(x, x, lanes.all(result.scale()));
        }
        if (!result.ordered()) {
            lanes.zero(free.getFirst());
            lanes.select(x, x, Lanes.Comparison.UNORDERED, x, free.getFirst(), x, free.get(1));
        }
        lanes.min(x, x, lanes.all(result.highest() - result.zeroPoint()));
        lanes.assembler().emit(AvxInstruction.VCVTPS2DQ, x, x);
    }

    /// Whether results of two whole vectors are stored in one go.
    public boolean storesPairs() {
        return result.isQuantized();
    }

    /// Stores the results of two whole vectors side by side.
    ///
    /// @param x and y what [#write] has left; x is overwritten
    /// @param free overwritten
    public void storePair(Lanes lanes, Mem place, Vec x, Vec y, Vec free) {
        var a = lanes.assembler();
        if (lanes.unit().hasMasks()) {
            pack(lanes, x, y, free);
            a.emit(AvxInstruction.VMOVUPS, place, x.as(HALF));
            return;
        }
        var low = x.as(128);
        var high = free.as(128);
        a.emit(IntegerVectorInstruction.VPACKSSDW, x, x, y);
        move(lanes, x);
        a.emit(IntegerVectorInstruction.VEXTRACTI128, high, x, Imm.of(1));
        a.emit(packing(), low, low, high);
        a.emit(IntegerVectorInstruction.VPSHUFD, low, low, Imm.of(EVENS_FIRST));
        a.emit(AvxInstruction.VMOVUPS, place, low);
    }

    /// The low half of x = bytes of x, then of y. Packing goes by quarters, of which each then holds four bytes of x
    /// and four of y, twice.
    private void pack(Lanes lanes, Vec x, Vec y, Vec free) {
        var a = lanes.assembler();
        a.emit(IntegerVectorInstruction.VPACKSSDW, x, x, y);
        move(lanes, x);
        a.emit(packing(), x, x, x);
        lanes.load(free, a.constant(QUARTERS));
        a.emit(IntegerVectorInstruction.VPERMD, x, free, x);
    }

    private IntegerVectorInstruction packing() {
        return result.type() == SumResult.Type.INT8
                ? IntegerVectorInstruction.VPACKSSWB
                : IntegerVectorInstruction.VPACKUSWB;
    }

    /// Adds the zero point to 16-bit integers.
    private void move(Lanes lanes, Vec words) {
        if (result.zeroPoint() != 0) {
            int pair = result.zeroPoint() & 0xFFFF | result.zeroPoint() << Short.SIZE;
            lanes.assembler().emit(IntegerVectorInstruction.VPADDSW, words, words, lanes.bits(pair));
        }
    }

    /// Stores the first `count` results; nothing behind them is written.
    ///
    /// @param x what [#write] has left; overwritten
    /// @param free overwritten
    public void store(Lanes lanes, Mem place, Vec x, int count, Vec free) {
        if (result.isQuantized()) {
            storeBytes(lanes, place, x, count, free);
        } else if (count == lanes.unit().lanes()) {
            lanes.store(place, x);
        } else {
            lanes.storeFirst(place, x, count, free);
        }
    }

    /// Stores the first result of an 8-bit type; no mask is needed.
    ///
    /// @param x what [#write] has left; overwritten
    public void storeOne(Lanes lanes, Mem place, Vec x) {
        var a = lanes.assembler();
        var low = x.as(128);
        a.emit(IntegerVectorInstruction.VPACKSSDW, low, low, low);
        move(lanes, low);
        a.emit(packing(), low, low, low);
        a.emit(IntegerVectorInstruction.VPEXTRB, place.sized(Byte.SIZE), low, Imm.of(0));
    }

    private void storeBytes(Lanes lanes, Mem place, Vec x, int count, Vec free) {
        var a = lanes.assembler();
        boolean whole = count == lanes.unit().lanes();
        if (lanes.unit().hasMasks()) {
            pack(lanes, x, x, free);
            if (whole) {
                a.emit(AvxInstruction.VMOVUPS, place, x.as(128));
            } else {
                a.emit(Avx512Instruction.VMOVDQU8, lanes.first(place), x.as(128));
            }
            return;
        }
        var low = x.as(128);
        var high = free.as(128);
        a.emit(IntegerVectorInstruction.VEXTRACTI128, high, x, Imm.of(1));
        a.emit(IntegerVectorInstruction.VPACKSSDW, low, low, high);
        move(lanes, low);
        a.emit(packing(), low, low, low);
        if (whole) {
            a.emit(AvxInstruction.VMOVQ, place, low);
            return;
        }
        int done = 0;
        if ((count & Integer.BYTES) != 0) {
            a.emit(AvxInstruction.VMOVD, place, low);
            done = Integer.BYTES;
        }
        if ((count & Short.BYTES) != 0) {
            var word = place.plus(done).sized(Short.SIZE);
            a.emit(IntegerVectorInstruction.VPEXTRW, word, low, Imm.of(done / Short.BYTES));
            done += Short.BYTES;
        }
        if ((count & Byte.BYTES) != 0) {
            a.emit(IntegerVectorInstruction.VPEXTRB, place.plus(done).sized(Byte.SIZE), low, Imm.of(done));
        }
    }
}
