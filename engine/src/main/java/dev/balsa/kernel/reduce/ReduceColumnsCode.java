package dev.balsa.kernel.reduce;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMOVA;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.SUB;

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
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/// Writes the reduction of columns, neighbouring ones lane by lane: rdx rows of outputs, at least one; rdi points
/// to the [Argument]s.
///
/// Sums are taken of [#PIECE] elements of a column in order, and of these sums in order.
final class ReduceColumnsCode {
    /// What the routine is told, in this order; behind them the outer loops of the reduced walk.
    enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// Bytes from a row of outputs to the next, in the source and in the target.
        SOURCE_STEP(2),
        TARGET_STEP(3),
        /// Elements of the reduced walk's rows, and bytes from one to the next.
        COUNT(4),
        STEP(5),
        /// What sums are divided by for means, a float.
        DIVISOR(6),
        /// Of a row of outputs, as a [RowLoop] wants it.
        LENGTH(7),
        NEST(7 + RowLoop.ARGUMENTS);

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

    private static final int MOST_BLOCK = 4;
    private static final int PIECE = 64;

    /// What the code depends on.
    ///
    /// @param loops of the reduced walk beside that along its rows
    record Form(VectorUnit unit, ReduceFunction function, int loops) {
        /// Names the routine; equal names are equal code.
        String name() {
            return unit.isa().label() + "_reduce_columns_f32 " + this;
        }

        /// Vectors of a block: as many as there are registers for.
        int block() {
            return function == ReduceFunction.LOG_SUM_EXP ? MOST_BLOCK / 2 : MOST_BLOCK;
        }
    }

    private final Form form;
    private final VectorUnit unit;
    private final Assembler a;
    private final Lanes lanes;
    private final RowLoop loop;
    private final NestLoop nest;
    private final Vec x;
    private final List<Vec> free;

    private ReduceColumnsCode(Assembler assembler, Form form) {
        this.form = form;
        this.unit = form.unit;
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
        this.loop = new RowLoop(lanes, form.block(), Argument.LENGTH.at(), unit.register(15), Mask.K3);
        this.nest = new NestLoop(assembler, form.loops, Argument.NEST.at());
        int taken = 3 * form.block();
        this.x = unit.register(taken);
        this.free = new ArrayList<>();
        for (int i = taken + 1; i < 15; i++) {
            free.add(unit.register(i));
        }
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of(NestLoop.stackBytes(form.loops), assembler -> new ReduceColumnsCode(assembler, form).write());
    }

    private Vec result(int vector) {
        return unit.register(vector);
    }

    /// The sum of a piece, or the sign of an extreme.
    private Vec second(int vector) {
        return unit.register(form.block() + vector);
    }

    /// What is subtracted before taking exponentials, or what was not a number.
    private Vec third(int vector) {
        return unit.register(2 * form.block() + vector);
    }

    /// r8 = the row's elements, rbx = the row of outputs.
    private void write() {
        var row = new Label("row");
        loop.prepare();
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.RBX, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(MOV, Gpr.R12, Mem.at(Gpr.RDI, Argument.STEP.at()));
        a.bind(row);
        loop.write((count, partly) -> {
            columns(count, partly);
            for (int i = 0; i < count; i++) {
                loop.store(Mem.at(Gpr.RBX, Gpr.RCX, 1, i * unit.bytes()), result(i), partly);
            }
        });
        a.emit(ADD, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE_STEP.at()));
        a.emit(ADD, Gpr.RBX, Mem.at(Gpr.RDI, Argument.TARGET_STEP.at()));
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, row);
    }

    private void columns(int count, boolean partly) {
        switch (form.function) {
            case SUM, SUM_OF_SQUARES, L1 -> addUp(count, partly);
            case MEAN -> {
                addUp(count, partly);
                lanes.broadcast(x, Mem.at(Gpr.RDI, Argument.DIVISOR.at()));
                each(count, i -> lanes.divide(result(i), result(i), x));
            }
            case L2 -> {
                addUp(count, partly);
                each(count, i -> lanes.sqrt(result(i), result(i)));
            }
            case LOG_SUM -> {
                addUp(count, partly);
                each(count, this::logarithm);
            }
            case LOG_SUM_EXP -> logSumExp(count, partly);
            case PRODUCT -> {
                each(count, i -> lanes.load(result(i), lanes.all(1)));
                down(() -> each(count, i -> {
                    loop.load(x, at(i), partly);
                    lanes.multiply(result(i), result(i), x);
                }));
            }
            case MAX -> extreme(count, partly, Float.NEGATIVE_INFINITY, lanes::max, lanes::and);
            case MIN -> extreme(count, partly, Float.POSITIVE_INFINITY, lanes::min, lanes::or);
        }
    }

    private static void each(int count, IntConsumer action) {
        for (int i = 0; i < count; i++) {
            action.accept(i);
        }
    }

    private void logarithm(int vector) {
        // All but the results is free by now.
        var temporaries = new ArrayList<Vec>();
        for (int i = form.block(); i < 15; i++) {
            if (form.function != ReduceFunction.LOG_SUM_EXP || i < 2 * form.block() || i >= 3 * form.block()) {
                temporaries.add(unit.register(i));
            }
        }
        FunctionCode.write(lanes, UnaryFunction.LOG, 0, 0, result(vector), temporaries);
    }

    private void logSumExp(int count, boolean partly) {
        each(count, i -> lanes.load(third(i), lanes.all(Float.NEGATIVE_INFINITY)));
        down(() -> each(count, i -> {
            loop.load(x, at(i), partly);
            lanes.max(third(i), x, third(i));
        }));
        // An infinite shift would turn infinities into NaN.
        each(count, i -> {
            lanes.min(third(i), third(i), lanes.all(Float.MAX_VALUE));
            lanes.max(third(i), third(i), lanes.all(-Float.MAX_VALUE));
        });
        addUp(count, partly);
        each(count, i -> {
            logarithm(i);
            lanes.add(result(i), result(i), third(i));
        });
    }

    private void addUp(int count, boolean partly) {
        each(count, i -> lanes.zero(result(i)));
        inPieces(
                () -> each(count, i -> lanes.zero(second(i))),
                () -> each(count, i -> add(i, partly)),
                () -> each(count, i -> lanes.add(result(i), result(i), second(i))));
    }

    private void add(int vector, boolean partly) {
        var sum = second(vector);
        loop.load(x, at(vector), partly);
        switch (form.function) {
            case SUM_OF_SQUARES, L2 -> {
                lanes.accumulate(sum, x, x);
                return;
            }
            case L1 -> lanes.and(x, x, lanes.bits(Integer.MAX_VALUE));
            case LOG_SUM_EXP -> {
                lanes.subtract(x, x, third(vector));
                FunctionCode.write(lanes, UnaryFunction.EXP, 0, 0, x, free);
            }
            case SUM, MEAN, LOG_SUM, MAX, MIN, PRODUCT -> {}
        }
        lanes.add(sum, sum, x);
    }

    /// The extreme's magnitude is found as it comes; its sign is that of all elements together, which tells zeros
    /// apart, and NaN is looked for.
    private void extreme(int count, boolean partly, float nothing, Across.Fold order, Across.Fold together) {
        each(count, i -> {
            lanes.load(result(i), lanes.all(nothing));
            lanes.load(second(i), lanes.all(nothing));
            lanes.zero(third(i));
        });
        down(() -> each(count, i -> {
            loop.load(x, at(i), partly);
            order.write(result(i), x, result(i));
            together.write(second(i), second(i), x);
            lanes.select(third(i), x, Lanes.Comparison.UNORDERED, x, x, third(i), free.getFirst());
        }));
        each(count, i -> ExtremeCode.finish(lanes, result(i), second(i), third(i), free.getFirst()));
    }

    private Mem at(int vector) {
        return Mem.at(Gpr.R9, vector * unit.bytes());
    }

    /// Goes through all that is reduced: r9 is at each element of the columns from rcx on in turn.
    private void down(Runnable inside) {
        places(() -> {
            a.emit(MOV, Gpr.R10, Mem.at(Gpr.RDI, Argument.COUNT.at()));
            count(Gpr.R10, inside);
        });
    }

    /// As [#down], with what is done before and after each piece.
    private void inPieces(Runnable before, Runnable inside, Runnable after) {
        places(() -> {
            var piece = new Label("piece");
            a.emit(MOV, Gpr.R11, Mem.at(Gpr.RDI, Argument.COUNT.at()));
            a.bind(piece);
            a.emit(MOV, Gpr.R10.low32(), Imm.of(PIECE));
            a.emit(CMP, Gpr.R10, Gpr.R11);
            a.emit(CMOVA, Gpr.R10, Gpr.R11);
            a.emit(SUB, Gpr.R11, Gpr.R10);
            before.run();
            count(Gpr.R10, inside);
            after.run();
            a.emit(CMP, Gpr.R11, Imm.of(0));
            a.emit(JNE, piece);
        });
    }

    private void places(Runnable inside) {
        a.emit(LEA, Gpr.R9, Mem.at(Gpr.R8, Gpr.RCX, 1, 0));
        nest.write(Gpr.R9, inside);
    }

    private void count(Gpr left, Runnable inside) {
        var element = new Label("element");
        a.align(16);
        a.bind(element);
        inside.run();
        a.emit(ADD, Gpr.R9, Gpr.R12);
        a.emit(DEC, left);
        a.emit(JNE, element);
    }
}
