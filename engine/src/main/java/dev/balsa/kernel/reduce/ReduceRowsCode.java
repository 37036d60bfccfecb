package dev.balsa.kernel.reduce;

import static dev.balsa.asm.AvxInstruction.VADDPD;
import static dev.balsa.asm.AvxInstruction.VDIVSD;
import static dev.balsa.asm.AvxInstruction.VMOVSS;
import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.AvxInstruction.VMULPD;
import static dev.balsa.asm.AvxInstruction.VSQRTSD;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mask;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.code.Across;
import dev.balsa.kernel.code.FunctionCode;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.NestLoop;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;
import java.util.Arrays;
import java.util.List;

/// Writes the reduction of rows of neighbouring elements, any number of them to an output: rdx outputs, at least
/// one; rdi points to the [Argument]s.
///
/// Sums are taken in four vectors over [#PIECE] elements of a row; these are added to each other two by two, and
/// the lanes to sums in double precision, which are added by halves at the end. Products are double throughout.
final class ReduceRowsCode {
    /// What the routine is told, in this order; behind them the outer loops of the reduced walk.
    enum Argument implements RoutineArgument {
        /// The first output's elements.
        SOURCE(0),
        TARGET(1),
        /// Bytes from the elements of an output to those of the next.
        STEP(2),
        /// How many elements an output has, a double.
        COUNT(3),
        /// Of a row, as a [RowLoop] wants it.
        LENGTH(4),
        NEST(4 + RowLoop.ARGUMENTS);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        static long bytes(int loops) {
            return NEST.at() + (long) NestLoop.argumentBytes(loops);
        }
    }

    /// Vectors of a block.
    static final int BLOCK = 4;

    private static final int PIECE = 4_096;

    /// What the code depends on.
    ///
    /// @param loops of the walk over an output's rows
    record Form(VectorUnit unit, ReduceFunction function, int loops) {
        /// Names the routine; equal names are equal code.
        String name() {
            return unit.isa().label() + "_reduce_f32 " + this;
        }
    }

    private final Form form;
    private final VectorUnit unit;
    private final Assembler a;
    private final Lanes lanes;
    private final RowLoop loop;
    private final NestLoop nest;
    private final Across across;
    private final List<Vec> parts;
    private final Vec x;
    private final Vec high;
    private final Vec sum;
    private final Vec shift;
    private final Vec start;
    private final List<Vec> free;

    private ReduceRowsCode(Assembler assembler, Form form) {
        this.form = form;
        this.unit = form.unit;
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
        this.loop = new RowLoop(lanes, BLOCK, Argument.LENGTH.at(), unit.register(15), Mask.K3);
        this.nest = new NestLoop(assembler, form.loops, Argument.NEST.at());
        this.across = new Across(lanes, unit.register(14));
        this.parts = List.of(unit.register(0), unit.register(1), unit.register(2), unit.register(3));
        this.x = unit.register(4);
        this.high = unit.register(5);
        this.sum = unit.register(6);
        this.shift = unit.register(7);
        this.start = unit.register(8);
        this.free = List.of(high, unit.register(9), unit.register(10), unit.register(11), unit.register(12), start);
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of(NestLoop.stackBytes(form.loops), assembler -> new ReduceRowsCode(assembler, form).write());
    }

    /// r8 = the output's elements, r9 = a row of them, rbx = the output.
    private void write() {
        var output = new Label("output");
        loop.prepare();
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.RBX, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.bind(output);
        var result = switch (form.function) {
            case SUM, MEAN, SUM_OF_SQUARES, L1, L2, LOG_SUM -> sum();
            case LOG_SUM_EXP -> logSumExp();
            case PRODUCT -> product();
            case MAX -> extreme(Float.NEGATIVE_INFINITY, lanes::max, lanes::and);
            case MIN -> extreme(Float.POSITIVE_INFINITY, lanes::min, lanes::or);
        };
        a.emit(VMOVSS, Mem.at(Gpr.RBX, 0), result.as(Vec.xmm(0).bits()));
        a.emit(ADD, Gpr.R8, Mem.at(Gpr.RDI, Argument.STEP.at()));
        a.emit(ADD, Gpr.RBX, Imm.of(Float.BYTES));
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, output);
    }

    private void rows(Runnable inside) {
        a.emit(MOV, Gpr.R9, Gpr.R8);
        nest.write(Gpr.R9, inside);
    }

    private Mem at(int vector) {
        return Mem.at(Gpr.R9, Gpr.RCX, 1, vector * unit.bytes());
    }

    private void addUp() {
        lanes.zero(sum);
        rows(() -> loop.pieces(
                PIECE,
                () -> parts.forEach(lanes::zero),
                (count, partly) -> {
                    for (int i = 0; i < count; i++) {
                        add(parts.get(i), at(i), partly);
                    }
                },
                () -> across.addTo(sum, parts)));
        across.doubles(sum, VADDPD);
    }

    private void add(Vec part, Mem place, boolean partly) {
        switch (form.function) {
            case SUM_OF_SQUARES, L2 -> {
                loop.load(x, place, partly);
                lanes.accumulate(part, x, x);
            }
            case L1 -> {
                loop.load(x, place, partly);
                lanes.and(x, x, lanes.bits(Integer.MAX_VALUE));
                lanes.add(part, part, x);
            }
            case LOG_SUM_EXP -> {
                loop.load(x, place, partly);
                lanes.subtract(x, x, shift);
                FunctionCode.write(lanes, UnaryFunction.EXP, 0, 0, x, free);
                if (partly) {
                    loop.rest().keep(x, x);
                }
                lanes.add(part, part, x);
            }
            case SUM, MEAN, LOG_SUM, MAX, MIN, PRODUCT -> {
                if (partly) {
                    loop.load(x, place, true);
                    lanes.add(part, part, x);
                } else {
                    lanes.add(part, part, place);
                }
            }
        }
    }

    private Vec sum() {
        addUp();
        var low = sum.as(Vec.xmm(0).bits());
        if (form.function == ReduceFunction.MEAN) {
            a.emit(VDIVSD, low, low, Mem.at(Gpr.RDI, Argument.COUNT.at()));
        } else if (form.function == ReduceFunction.L2) {
            a.emit(VSQRTSD, low, low, low);
        }
        across.round(sum, sum);
        if (form.function == ReduceFunction.LOG_SUM) {
            FunctionCode.write(lanes, UnaryFunction.LOG, 0, 0, sum, free);
        }
        return sum;
    }

    private Vec logSumExp() {
        findExtreme(Float.NEGATIVE_INFINITY, lanes::max, () -> {});
        lanes.move(shift, parts.getFirst());
        across.floats(shift, lanes::max);
        // An infinite shift would turn infinities into NaN.
        lanes.load(x, lanes.all(Float.MAX_VALUE));
        lanes.min(shift, shift, x);
        lanes.load(x, lanes.all(-Float.MAX_VALUE));
        lanes.max(shift, shift, x);
        addUp();
        across.round(sum, sum);
        FunctionCode.write(lanes, UnaryFunction.LOG, 0, 0, sum, free);
        lanes.add(sum, sum, shift);
        return sum;
    }

    private Vec product() {
        var ones = new long[unit.bytes() / Long.BYTES];
        Arrays.fill(ones, Double.doubleToRawLongBits(1));
        parts.forEach(part -> a.emit(VMOVUPS, part, a.constant(ones)));
        rows(() -> loop.write((count, partly) -> {
            for (int i = 0; i < count; i++) {
                if (partly) {
                    lanes.load(start, lanes.all(1));
                    loop.rest().load(x, at(i), start);
                } else {
                    lanes.load(x, at(i));
                }
                across.widen(x, high, x);
                multiply(parts.get(2 * i % parts.size()), x);
                multiply(parts.get((2 * i + 1) % parts.size()), high);
            }
        }));
        var result = Across.together(parts, (d, y, z) -> a.emit(VMULPD, d, y, z));
        across.doubles(result, VMULPD);
        across.round(result, result);
        return result;
    }

    private void multiply(Vec part, Vec by) {
        a.emit(VMULPD, part, part, by);
    }

    /// The first part's lanes = the extremes of theirs; NaN may be lost, and the sign of zero.
    ///
    /// @param also what else is done with x, the elements of every vector
    private void findExtreme(float nothing, Across.Fold order, Runnable also) {
        lanes.load(start, lanes.all(nothing));
        parts.forEach(part -> lanes.move(part, start));
        rows(() -> loop.write((count, partly) -> {
            for (int i = 0; i < count; i++) {
                if (partly) {
                    loop.rest().load(x, at(i), start);
                } else {
                    lanes.load(x, at(i));
                }
                order.write(parts.get(i), x, parts.get(i));
                also.run();
            }
        }));
        Across.together(parts, order);
    }

    /// The extreme's magnitude is found as it comes; its sign is that of all elements together, which tells zeros
    /// apart, and NaN is looked for.
    private Vec extreme(float nothing, Across.Fold order, Across.Fold together) {
        var sign = sum;
        var notNumber = shift;
        lanes.load(sign, lanes.all(nothing));
        lanes.zero(notNumber);
        findExtreme(nothing, order, () -> {
            together.write(sign, sign, x);
            lanes.select(notNumber, x, Lanes.Comparison.UNORDERED, x, x, notNumber, high);
        });
        var result = parts.getFirst();
        across.floats(result, order);
        across.floats(sign, together);
        across.floats(notNumber, lanes::or);
        ExtremeCode.finish(lanes, result, sign, notNumber, high);
        return result;
    }
}
