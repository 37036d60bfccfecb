package dev.balsa.kernel.tile;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Operand;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.VectorUnit;

/// Writes how the sums of a tile of [TileCode] are made of quads: one step multiplies four bytes of each row by
/// four weights of each column, as the [QuadArithmetic] says, and [QuadFactor] has made sure that it can.
///
/// With [QuadArithmetic#DOTS] a step of six rows and four vectors of columns is 24 products, two a cycle, and 11
/// loads, of which there are two a cycle: the panel's vectors, a quad for every row, and where it is.
///
/// @param sums which registers they are
/// @param rows of the tile
/// @param vectors of columns
record QuadSteps(QuadArithmetic arithmetic, Lanes lanes, TileSums sums, int rows, int vectors) {
    /// Registers besides the sums where these are made in 16 bits: a quad of a row, products, and ones.
    static final int TEMPORARIES = 3;

    private static final int UNROLL = 4;

    private VectorUnit unit() {
        return lanes.unit();
    }

    private Assembler a() {
        return lanes.assembler();
    }

    private Vec spare(int index) {
        return unit().register(sums.registers() + index);
    }

    private Vec quad() {
        return spare(0);
    }

    private Vec products() {
        return spare(1);
    }

    private Vec ones() {
        return spare(2);
    }

    /// rax walks along the panel, rbx along the steps, of which r15 are left; rcx is one's place.
    void write() {
        var several = new Label("several");
        var rest = new Label("rest");
        var single = new Label("single");
        var done = new Label("done");
        a().emit(MOV, Gpr.RAX, TileCode.argument(TileArgument.PANEL));
        a().emit(MOV, Gpr.RBX, TileCode.argument(TileArgument.STEPS));
        a().emit(MOV, Gpr.R15.low32(), Mem.at(Gpr.RBX, 0));
        a().emit(ADD, Gpr.RBX, Imm.of(Integer.BYTES));
        begin();
        a().emit(SUB, Gpr.R15, Imm.of(UNROLL));
        a().emit(JB, rest);
        a().align(32);
        a().bind(several);
        for (int step = 0; step < UNROLL; step++) {
            step(step);
        }
        advance(UNROLL);
        a().emit(SUB, Gpr.R15, Imm.of(UNROLL));
        a().emit(JAE, several);
        a().bind(rest);
        a().emit(ADD, Gpr.R15, Imm.of(UNROLL));
        a().emit(JE, done);
        a().bind(single);
        step(0);
        advance(1);
        a().emit(DEC, Gpr.R15);
        a().emit(JNE, single);
        a().bind(done);
        sums.gather();
    }

    /// Sums begin with what the left factor's zero point takes away: it, times the panel's first row.
    private void begin() {
        var zeroPoint = TileCode.argument(TileArgument.ZERO_POINT).sized(Integer.SIZE);
        a().emit(IntegerVectorInstruction.VPBROADCASTD, quad(), zeroPoint);
        sums.begin();
        for (int vector = 0; vector < vectors; vector++) {
            a().emit(IntegerVectorInstruction.VPMULLD, sums.at(0, vector), quad(), panel(0, vector));
        }
        for (int row = 1; row < rows; row++) {
            for (int vector = 0; vector < vectors; vector++) {
                lanes.move(sums.at(row, vector), sums.at(0, vector));
            }
        }
        if (arithmetic == QuadArithmetic.WORDS) {
            lanes.load(ones(), lanes.bits(1 | 1 << Short.SIZE));
        }
        a().emit(ADD, Gpr.RAX, Imm.of((long) vectors * unit().bytes()));
    }

    private Mem panel(int step, int vector) {
        return Mem.at(Gpr.RAX, (step * vectors + vector) * unit().bytes());
    }

    private void advance(int steps) {
        a().emit(ADD, Gpr.RBX, Imm.of((long) steps * Integer.BYTES));
        a().emit(ADD, Gpr.RAX, Imm.of((long) steps * vectors * unit().bytes()));
    }

    private void step(int index) {
        a().emit(MOV, Gpr.RCX.low32(), Mem.at(Gpr.RBX, index * Integer.BYTES));
        switch (arithmetic) {
            case WORDS -> words(index);
            case DOTS -> dots(index);
        }
    }

    private Mem quad(int row) {
        return Mem.at(TileCode.ROWS.get(row), Gpr.RCX, 1, 0);
    }

    private void words(int index) {
        for (int row = 0; row < rows; row++) {
            lanes.broadcast(quad(), quad(row));
            for (int vector = 0; vector < vectors; vector++) {
                a().emit(IntegerVectorInstruction.VPMADDUBSW, products(), quad(), panel(index, vector));
                a().emit(IntegerVectorInstruction.VPMADDWD, products(), products(), ones());
                lanes.addIntegers(sums.at(row, vector), sums.at(row, vector), products());
            }
        }
    }

    /// A single row multiplies by the panel in memory.
    private void dots(int index) {
        int turn = index % sums.turns();
        int held = rows > 1 ? vectors : 0;
        for (int vector = 0; vector < held; vector++) {
            lanes.load(spare(vector), panel(index, vector));
        }
        int free = Math.min(2, unit().registers() - sums.registers() - held);
        for (int row = 0; row < rows; row++) {
            var left = spare(held + row % free);
            lanes.broadcast(left, quad(row));
            for (int vector = 0; vector < vectors; vector++) {
                Operand right = held > 0 ? spare(vector) : panel(index, vector);
                a().emit(IntegerVectorInstruction.VPDPBUSD, sums.at(turn, row, vector), left, right);
            }
        }
    }
}
