package dev.balsa.kernel.tile;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.VectorUnit;

/// Writes how the sums of a tile of [TileCode] are made of quads: one step multiplies four bytes of each row by
/// four weights of each column. Neighbours are added in 16 bits, which [QuadFactor] has made sure of, the two sums
/// and what has been summed up in 32 bits.
///
/// The sum of row r and vector v of columns is register r times the vectors plus v.
///
/// @param rows of the tile
/// @param vectors of columns
record QuadSteps(Lanes lanes, int rows, int vectors) {
    /// Registers besides the sums: a quad of a row, products, and ones.
    static final int TEMPORARIES = 3;

    private VectorUnit unit() {
        return lanes.unit();
    }

    private Assembler a() {
        return lanes.assembler();
    }

    private Vec sum(int row, int vector) {
        return unit().register(row * vectors + vector);
    }

    private Vec spare(int index) {
        return unit().register(rows * vectors + index);
    }

    private Vec ones() {
        return spare(0);
    }

    private Vec products() {
        return spare(1);
    }

    /// Rows take turns, if there is a register more.
    private Vec quad(int row) {
        int more = unit().registers() - rows * vectors - TEMPORARIES;
        return spare(2 + (more > 0 ? row % 2 : 0));
    }

    /// Ones, which every step needs.
    void begin() {
        lanes.load(ones(), lanes.bits(1 | 1 << Short.SIZE));
    }

    /// A step.
    ///
    /// @param left the quad of a row
    /// @param panel a vector of the panel
    void step(Rows left, Vectors panel) {
        for (int row = 0; row < rows; row++) {
            var quad = quad(row);
            lanes.broadcast(quad, left.quad(row));
            for (int vector = 0; vector < vectors; vector++) {
                // The last products take the place of the quad.
                var to = vector == vectors - 1 ? quad : products();
                a().emit(IntegerVectorInstruction.VPMADDUBSW, to, quad, panel.at(vector));
                a().emit(IntegerVectorInstruction.VPMADDWD, to, to, ones());
                lanes.addIntegers(sum(row, vector), sum(row, vector), to);
            }
        }
    }

    /// Where the quads of a step are.
    @FunctionalInterface
    interface Rows {
        Mem quad(int row);
    }

    /// Where the panel's vectors of a step are.
    @FunctionalInterface
    interface Vectors {
        Mem at(int vector);
    }

    /// Adds what the zero point of the left factor takes away: it, times the negated sums of the columns. Uses rax.
    ///
    /// @param zeroPoint where it is
    /// @param columnSums where those are
    void addZeroPoint(Mem zeroPoint, Vectors columnSums) {
        a().emit(IntegerVectorInstruction.VPBROADCASTD, ones(), zeroPoint);
        for (int vector = 0; vector < vectors; vector++) {
            a().emit(IntegerVectorInstruction.VPMULLD, products(), ones(), columnSums.at(vector));
            for (int row = 0; row < rows; row++) {
                lanes.addIntegers(sum(row, vector), sum(row, vector), products());
            }
        }
    }
}
