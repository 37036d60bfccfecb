package dev.balsa.kernel.elementwise;

import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Gpr;
import dev.balsa.asm.Mask;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;

/// Writes the code that finds the least and the greatest of some floats and 0; rdi points to the
/// [Argument]s.
///
/// @param unit the unit
record RangeCode(VectorUnit unit) {
    /// Vectors of a block.
    static final int BLOCK = 4;

    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        SOURCE(0),
        /// Where three vectors are left: lane by lane the least, the greatest, and 0 or a NaN if there
        /// was one.
        TARGET(1),
        /// How many floats, as a [RowLoop] wants it.
        LENGTH(2),
        LAST(1 + RowLoop.ARGUMENTS);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        /// Bytes of all.
        static long bytes() {
            return LAST.at() + (long) Long.BYTES;
        }
    }

    private static final int LEAST = 1;
    private static final int GREATEST = 2;
    private static final int NOT_A_NUMBER = 3;

    /// Names the routine; equal names are equal code.
    String name() {
        return unit.isa().label() + "_range_f32";
    }

    /// Bytes of what it leaves.
    static long resultBytes(VectorUnit unit) {
        return 3L * unit.bytes();
    }

    /// The routine's code.
    byte[] write() {
        return Routine.of(0, assembler -> write(new Lanes(assembler, unit)));
    }

    /// r8 = the floats. Lanes that are not there are loaded as 0, which is among the numbers anyway.
    private void write(Lanes lanes) {
        var a = lanes.assembler();
        var row = new RowLoop(lanes, BLOCK, Argument.LENGTH.at(), unit.register(15), Mask.K3);
        row.prepare();
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        var x = unit.register(0);
        var least = unit.register(LEAST);
        var greatest = unit.register(GREATEST);
        var strange = unit.register(NOT_A_NUMBER);
        lanes.zero(least);
        lanes.zero(greatest);
        lanes.zero(strange);
        row.write((count, partly) -> {
            for (int i = 0; i < count; i++) {
                row.load(x, Mem.at(Gpr.R8, Gpr.RCX, 1, i * unit.bytes()), partly);
                // A NaN as the first operand leaves the second one.
                lanes.min(least, x, least);
                lanes.max(greatest, x, greatest);
                lanes.select(strange, x, Lanes.Comparison.UNORDERED, x, x, strange, unit.register(NOT_A_NUMBER + 1));
            }
        });
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        lanes.store(Mem.at(Gpr.R8, 0), least);
        lanes.store(Mem.at(Gpr.R8, unit.bytes()), greatest);
        lanes.store(Mem.at(Gpr.R8, 2 * unit.bytes()), strange);
    }
}
