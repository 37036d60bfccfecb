package dev.balsa.kernel.amx;

import static dev.balsa.asm.AvxInstruction.VADDPS;
import static dev.balsa.asm.AvxInstruction.VSUBPS;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMOVAE;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.INC;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.IntegerVectorInstruction.VPMAXUD;
import static dev.balsa.asm.MaskInstruction.KMOVW;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mask;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import java.util.Locale;

/// Writes the code that takes squares of 4x4 pixels apart, each two columns right of the one before: a row of the four
/// of `Bᵀ d B` at a time ([SquareTransform]), whose four positions it splits into bfloat16 parts.
///
/// The routine does it for rdx squares, at least one; rdi points to the [Argument]s. Two rows of pixels are added or
/// subtracted on the way, and what two squares have in common is taken over from one to the next. Channels go 32 at a
/// time, all squares by each: as many as a step of depth has. Pixels outside of the image are zeros.
final class SquareSplitCode {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        /// The two rows of pixels, at the first square's first column, which may lie outside.
        UPPER(0),
        LOWER(1),
        /// Bytes from a pixel to the next of each row; zero for a row of zeros.
        UPPER_STEP(2),
        LOWER_STEP(3),
        /// The number of the first column, which may be negative, and how many the image has.
        COLUMN(4),
        WIDTH(5),
        /// Whole steps of channels.
        STEPS(6),
        /// Where the first part of the first square's first position goes, and bytes from there to the next part's, and
        /// to the next square's. Positions follow behind the parts of the one before.
        TARGET(7),
        PLANE_STEP(8),
        ROW_STEP(9),
        /// Zeros, of a step.
        ZEROS(10);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        /// Bytes of all.
        static int bytes() {
            return values().length * Long.BYTES;
        }

        private Mem in() {
            return Mem.at(Gpr.RDI, at()).sized(Long.SIZE);
        }
    }

    private static final int LANES = Tiles.DEPTH / 2;
    /// On the stack: both rows and the target at the step at hand, and how many steps are left.
    private static final Mem UPPER = local(0);
    private static final Mem LOWER = local(1);
    private static final Mem TARGET = local(2);
    private static final Mem STEPS_LEFT = local(3);
    private static final int LOCALS = 4;

    /// The lanes of the last channels.
    private static final Mask LAST_LANES = Mask.K5;
    private static final Gpr COLUMN = Gpr.R8;
    private static final Gpr SQUARE = Gpr.R9;
    private static final Gpr LOWER_PIXEL = Gpr.R10;
    private static final Gpr UPPER_PIXEL = Gpr.R11;
    private static final Gpr LOWER_STEP = Gpr.R12;
    private static final Gpr UPPER_STEP = Gpr.R13;
    private static final Gpr ZEROS = Gpr.R15;
    private static final Gpr PLANE_STEP = Gpr.RCX;

    private static final Vec X = Vec.zmm(8);
    private static final Vec Y = Vec.zmm(9);
    /// Magnitudes of the columns that a square has in common with the one before, and of the others.
    private static final Vec BEFORE = Vec.zmm(10);
    private static final Vec NOW = Vec.zmm(11);
    private static final Vec HALF_LARGEST = Vec.zmm(12);

    private final Assembler a;
    private final int parts;
    private final Storage image;
    private final boolean adds;
    private final int rest;
    private final Lanes lanes;
    private final Bfloat16Code bfloat;

    private SquareSplitCode(Assembler assembler, AmxFamily family, Storage image, boolean adds, int rest) {
        a = assembler;
        this.image = image;
        parts = family.parts();
        this.adds = adds;
        this.rest = rest;
        lanes = new Lanes(assembler, Bfloat16Code.UNIT);
        bfloat = new Bfloat16Code(assembler, parts);
    }

    /// The routine's code.
    ///
    /// @param image how pixels are stored; not [Storage#PARTS]
    /// @param adds whether the rows are added, or the upper one is taken from the lower one
    /// @param rest channels behind the whole steps
    static byte[] write(AmxFamily family, Storage image, boolean adds, int rest) {
        return Routine.of(
                LOCALS * Long.BYTES, assembler -> new SquareSplitCode(assembler, family, image, adds, rest).write());
    }

    /// Names the routine; equal names are equal code.
    static String name(AmxFamily family, Storage image, boolean adds, int rest) {
        return "amx_square_split_" + image.name().toLowerCase(Locale.ROOT) + "_" + family.parts()
                + (adds ? "_add" : "_subtract") + (rest == 0 ? "" : "_" + rest);
    }

    private static Mem local(int index) {
        return Mem.at(Gpr.RSP, index * Long.BYTES).sized(Long.SIZE);
    }

    private void write() {
        if (rest % LANES > 0) {
            a.emit(MOV, Gpr.RAX.low32(), Imm.of((1 << rest % LANES) - 1));
            a.emit(KMOVW, LAST_LANES, Gpr.RAX.low32());
        }
        bfloat.begin();
        lanes.load(HALF_LARGEST, lanes.bits(Bfloat16Code.HALF_LARGEST));
        keep(UPPER, Argument.UPPER);
        keep(LOWER, Argument.LOWER);
        keep(TARGET, Argument.TARGET);
        keep(STEPS_LEFT, Argument.STEPS);
        a.emit(MOV, LOWER_STEP, Argument.LOWER_STEP.in());
        a.emit(MOV, UPPER_STEP, Argument.UPPER_STEP.in());
        a.emit(MOV, ZEROS, Argument.ZEROS.in());
        a.emit(MOV, PLANE_STEP, Argument.PLANE_STEP.in());
        var step = new Label("step");
        var end = new Label("rest");
        a.bind(step);
        a.emit(CMP, STEPS_LEFT, Imm.of(0));
        a.emit(JE, end);
        squares(Tiles.DEPTH);
        a.emit(ADD, UPPER, Imm.of((long) Tiles.DEPTH * image.bytes()));
        a.emit(ADD, LOWER, Imm.of((long) Tiles.DEPTH * image.bytes()));
        a.emit(ADD, TARGET, Imm.of(Tiles.ROW_BYTES));
        a.emit(DEC, STEPS_LEFT);
        a.emit(JMP, step);
        a.bind(end);
        if (rest > 0) {
            squares(rest);
        }
    }

    private void keep(Mem local, Argument argument) {
        a.emit(MOV, Gpr.RAX, argument.in());
        a.emit(MOV, local, Gpr.RAX);
    }

    /// A step's channels of all squares.
    private void squares(int channels) {
        a.emit(MOV, UPPER_PIXEL, UPPER);
        a.emit(MOV, LOWER_PIXEL, LOWER);
        a.emit(MOV, SQUARE, TARGET);
        a.emit(MOV, COLUMN, Argument.COLUMN.in());
        a.emit(MOV, Gpr.RSI, Gpr.RDX);
        column(0, channels);
        column(1, channels);
        magnitudes(BEFORE, 0);
        var square = new Label("square");
        var large = new Label("large numbers");
        var next = new Label("next square");
        a.align(32);
        a.bind(square);
        column(2, channels);
        column(3, channels);
        magnitudes(NOW, 2);
        a.emit(VPMAXUD, BEFORE, BEFORE, NOW);
        bfloat.testLarge(BEFORE, HALF_LARGEST);
        a.emit(JNE, large);
        positions(bfloat::splitOrdinary);
        a.emit(JMP, next);
        a.bind(large);
        positions(bfloat::split);
        a.bind(next);
        lanes.move(BEFORE, NOW);
        for (int half = 0; half < 2; half++) {
            lanes.move(pixel(0, half), pixel(2, half));
            lanes.move(pixel(1, half), pixel(3, half));
        }
        a.emit(ADD, SQUARE, Argument.ROW_STEP.in());
        a.emit(DEC, Gpr.RSI);
        a.emit(JNE, square);
    }

    /// Sums or differences of both rows' pixels of a column, of 16 channels each.
    private static Vec pixel(int column, int half) {
        return Vec.zmm(2 * column + half);
    }

    private void column(int column, int channels) {
        a.emit(CMP, COLUMN, Argument.WIDTH.in());
        a.emit(MOV, Gpr.RAX, LOWER_PIXEL);
        a.emit(CMOVAE, Gpr.RAX, ZEROS);
        a.emit(MOV, Gpr.RBX, UPPER_PIXEL);
        a.emit(CMOVAE, Gpr.RBX, ZEROS);
        for (int half = 0; half < 2; half++) {
            var sum = pixel(column, half);
            var upper = Mem.at(Gpr.RBX, half * LANES * image.bytes());
            var lower = Mem.at(Gpr.RAX, half * LANES * image.bytes());
            int count = Math.clamp(half == 0 ? channels : channels - LANES, 0, LANES);
            if (count == 0) {
                lanes.zero(sum);
            } else if (count < LANES) {
                lanes.load(sum, sum.zero(LAST_LANES), lower, image);
                lanes.load(X, X.zero(LAST_LANES), upper, image);
                a.emit(adds ? VADDPS : VSUBPS, sum, sum, X);
            } else if (image == Storage.FLOATS) {
                lanes.load(sum, lower);
                a.emit(adds ? VADDPS : VSUBPS, sum, sum, upper);
            } else {
                lanes.load(sum, lower, image);
                lanes.load(X, upper, image);
                a.emit(adds ? VADDPS : VSUBPS, sum, sum, X);
            }
        }
        a.emit(INC, COLUMN);
        a.emit(ADD, LOWER_PIXEL, LOWER_STEP);
        a.emit(ADD, UPPER_PIXEL, UPPER_STEP);
    }

    /// d = the magnitudes of two columns.
    private void magnitudes(Vec d, int column) {
        bfloat.magnitudes(d, pixel(column, 0), pixel(column, 1));
        bfloat.magnitudes(X, pixel(column + 1, 0), pixel(column + 1, 1));
        a.emit(VPMAXUD, d, d, X);
    }

    /// Splits two vectors.
    @FunctionalInterface
    private interface Split {
        void write(Vec x, Vec y, Bfloat16Code.Target target);
    }

    private void positions(Split split) {
        a.emit(MOV, Gpr.RAX, SQUARE);
        position(split, VSUBPS, 2, 0);
        nextPosition();
        position(split, VADDPS, 2, 1);
        nextPosition();
        position(split, VSUBPS, 2, 1);
        nextPosition();
        position(split, VSUBPS, 3, 1);
    }

    private void position(Split split, AvxInstruction instruction, int column, int other) {
        a.emit(instruction, X, pixel(column, 0), pixel(other, 0));
        a.emit(instruction, Y, pixel(column, 1), pixel(other, 1));
        split.write(X, Y, (part, at) -> part == 0 ? Mem.at(Gpr.RAX, at) : Mem.at(Gpr.RAX, PLANE_STEP, part, at));
    }

    private void nextPosition() {
        a.emit(LEA, Gpr.RAX, Mem.at(Gpr.RAX, PLANE_STEP, parts, 0));
    }
}
