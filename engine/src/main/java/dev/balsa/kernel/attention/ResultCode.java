package dev.balsa.kernel.attention;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Lanes.Comparison;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.VectorUnit;

/// Writes what makes results of sums: rdx rows, at least one, are divided by the sum of their weights and go where
/// they belong; rdi points to the [Argument]s.
///
/// @param columns of a result
/// @param zeroIfHidden whether a row without weights becomes zeros; otherwise NaN
record ResultCode(SumRows sums, int columns, boolean zeroIfHidden) {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        /// The first row's [RowRecord].
        ROWS(0),
        SUMS(1);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }
    }

    private static final int FACTOR = 0;
    private static final int X = 1;
    private static final int SPARE = 3;

    /// Names the routine; equal names are equal code.
    String name() {
        return sums.unit().isa().label() + "_attention_results_f32 " + this;
    }

    /// The routine's code.
    byte[] write() {
        return Routine.of(0, assembler -> write(new Lanes(assembler, sums.unit())));
    }

    /// r9 = the row's record, r8 = its result.
    private void write(Lanes lanes) {
        var a = lanes.assembler();
        var unit = sums.unit();
        int rest = columns % unit.lanes();
        if (rest > 0) {
            lanes.chooseFirst(rest);
        }
        var row = new Label("row");
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.ROWS.at()));
        sums.begin(a, Mem.at(Gpr.RDI, Argument.SUMS.at()));
        a.bind(row);
        sums.at(a, Mem.at(Gpr.R9, RowRecord.SUMS.at()));
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.R9, RowRecord.RESULT.at()));
        findFactor(lanes, unit);
        sums.forEach((place, vector) -> {
            var x = unit.register(X + vector % 2);
            lanes.multiply(x, unit.register(FACTOR), place);
            var target = Mem.at(Gpr.R8, vector * unit.bytes());
            if ((vector + 1) * unit.lanes() <= columns) {
                lanes.store(target, x);
            } else {
                lanes.storeFirst(target, x, rest, unit.register(SPARE));
            }
        });
        a.emit(ADD, Gpr.R9, Imm.of(RowRecord.BYTES));
        sums.next(a);
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, row);
    }

    private void findFactor(Lanes lanes, VectorUnit unit) {
        var factor = unit.register(FACTOR);
        var sum = unit.register(X);
        var zero = unit.register(2);
        lanes.broadcast(sum, Mem.at(Gpr.R9, RowRecord.SUM.at()));
        lanes.load(factor, lanes.all(1));
        lanes.divide(factor, factor, sum);
        if (zeroIfHidden) {
            lanes.zero(zero);
            lanes.select(factor, sum, Comparison.EQUAL, zero, zero, factor, unit.register(SPARE));
        }
    }
}
