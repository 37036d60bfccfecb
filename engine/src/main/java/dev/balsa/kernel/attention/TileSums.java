package dev.balsa.kernel.attention;

import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.amx.PlaneProduct;
import dev.balsa.kernel.code.VectorUnit;

/// The sums of the tile unit, as [PlaneProduct] keeps them.
///
/// @param unit of vectors as long as a row of a tile
/// @param vectors of a row
record TileSums(VectorUnit unit, int vectors) implements SumRows {
    private static final Gpr POINTER = Gpr.R10;

    @Override
    public void begin(Assembler a, Mem sums) {
        // Rows tell where their sums are.
    }

    @Override
    public void at(Assembler a, Mem record) {
        a.emit(MOV, POINTER, record);
    }

    @Override
    public void next(Assembler a) {
        // The next row tells.
    }

    @Override
    public void forEach(Action action) {
        for (int vector = 0; vector < vectors; vector++) {
            action.at(Mem.at(POINTER, PlaneProduct.sumVectorAt(vector)), vector);
        }
    }
}
