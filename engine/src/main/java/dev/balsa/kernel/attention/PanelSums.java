package dev.balsa.kernel.attention;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.code.VectorUnit;
import java.util.List;

/// The sums of `dev.balsa.kernel.tile`: panel after panel, in each row after row.
///
/// @param widths of panels in vectors, of two kinds at most
/// @param rows of a panel
record PanelSums(VectorUnit unit, List<Integer> widths, int rows) implements SumRows {
    /// The registers that point to the row in a first panel, one for each width.
    private static final List<Gpr> POINTERS = List.of(Gpr.R10, Gpr.R11);

    private List<Integer> kinds() {
        return widths.stream().distinct().toList();
    }

    @Override
    public void begin(Assembler a, Mem sums) {
        for (int kind = 0; kind < kinds().size(); kind++) {
            a.emit(MOV, POINTERS.get(kind), sums);
        }
    }

    @Override
    public void at(Assembler a, Mem record) {
        // The pointers are there.
    }

    @Override
    public void next(Assembler a) {
        for (int kind = 0; kind < kinds().size(); kind++) {
            a.emit(ADD, POINTERS.get(kind), Imm.of((long) kinds().get(kind) * unit.bytes()));
        }
    }

    @Override
    public void forEach(Action action) {
        int vector = 0;
        for (int width : widths) {
            var pointer = POINTERS.get(kinds().indexOf(width));
            for (int i = 0; i < width; i++) {
                // Panels before this one have as many vectors as are done.
                action.at(Mem.at(pointer, ((vector - i) * rows + i) * unit.bytes()), vector);
                vector++;
            }
        }
    }
}
