package dev.balsa.kernel.amx;

import static dev.balsa.asm.AvxInstruction.VADDPS;
import static dev.balsa.asm.AvxInstruction.VSUBPS;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.PREFETCHT1;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.amx.SquareTileCode.Form;
import dev.balsa.kernel.amx.SquareTransform.Share;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.OperandPlaces;
import dev.balsa.kernel.code.StageCode;
import java.util.List;
import java.util.stream.IntStream;

/// Writes the way of squares out of the buffer of a [SquareTileCode]: the four sums of a row of positions become two
/// neighbouring outputs, which are added to what other passes have given, and kept, or go through the epilogue to the
/// result. Takes rax and rcx, and registers that walk along with the squares.
final class SquaresOut {
    /// The squares' sums, what is kept of them, and their places.
    static final Gpr SUMS = Gpr.R12;

    static final Gpr KEPT = Gpr.R14;
    static final Gpr PLACES = Gpr.RSI;
    /// The result at the panel's first column.
    static final Gpr OUTPUT = Gpr.R15;

    private static final int PLACE_BYTES = Integer.BYTES;
    /// Elements from there to an output.
    private static final Gpr PLACE = Gpr.RCX;

    private final Form form;
    private final Assembler a;
    private final Lanes lanes;
    private final Bfloat16Code bfloat;
    private final List<Integer> operands;

    SquaresOut(Form form, Assembler assembler) {
        this.form = form;
        a = assembler;
        lanes = new Lanes(assembler, Bfloat16Code.UNIT);
        bfloat = new Bfloat16Code(assembler, form.family().parts());
        operands = form.ends() ? StageCode.operands(form.stages()) : List.of();
    }

    /// At the beginning.
    void start() {
        if (form.lastColumns() < Tiles.COLUMNS) {
            lanes.chooseFirst(form.lastColumns());
        }
        if (isInParts()) {
            bfloat.begin();
        }
        if (form.ends()) {
            StageCode.keepConstants(lanes, form.stages(), Bfloat16Code.UNIT.registers(taken(), last()));
        }
    }

    /// Registers of outputs and temporaries, with functions of all columns by turns.
    private int taken() {
        int outputs = SquareTransform.OUTPUTS * form.columnTiles();
        return outputs + Math.max(outputs, form.columnTiles() * StageCode.temporaries(form.stages()));
    }

    /// Those from here on are of [Bfloat16Code].
    private int last() {
        return isInParts() ? Bfloat16Code.FIRST_TAKEN : Bfloat16Code.UNIT.registers();
    }

    /// [Bfloat16Code] has registers of its own, and the mask that chooses columns of tiles that are not whole, of which
    /// there are none then.
    private boolean isInParts() {
        return form.ends() && form.result() == Storage.PARTS;
    }

    /// Moves the result and operands on to the next panel.
    void endPanel() {
        a.emit(ADD, OUTPUT, Imm.of(rowBytes(form.result())));
        for (int i = 0; i < operands.size(); i++) {
            if (!isScalar(operands.get(i))) {
                int bytes = rowBytes(storage(operands.get(i)));
                a.emit(ADD, Mem.at(Gpr.RDI, SquareArgument.operand(i)).sized(Long.SIZE), Imm.of(bytes));
            }
        }
    }

    private Storage storage(int operand) {
        return StageCode.storage(form.stages(), operand);
    }

    /// Bytes of a panel's outputs of a pixel.
    private int rowBytes(Storage storage) {
        return form.columnTiles() * Tiles.COLUMNS * storage.bytes();
    }

    private boolean isScalar(int operand) {
        return form.stages().stream()
                .anyMatch(stage -> stage instanceof Stage.Binary binary
                        && binary.operand() == operand
                        && binary.spread() == Stage.Spread.SCALAR);
    }

    /// Moves on by some squares.
    void walk(int squares) {
        a.emit(ADD, SUMS, Imm.of((long) squares * form.sumRow()));
        a.emit(ADD, KEPT, Imm.of((long) squares * form.keptBytes()));
        a.emit(ADD, PLACES, Imm.of((long) squares * SquareTransform.OUTPUTS * PLACE_BYTES));
    }

    /// What becomes of a square's sums, counted from the one that the registers are at.
    void finish(int square) {
        for (int column = 0; column < form.columnTiles(); column++) {
            combine(square, column);
        }
        for (var share : form.shares()) {
            if (!share.ends()) {
                keep(square, share);
            }
        }
        for (var share : form.shares()) {
            if (share.ends()) {
                end(square, share);
            }
        }
    }

    /// The register of the first or second of two neighbouring outputs.
    private Vec output(int column, int which) {
        return Vec.zmm(which * form.columnTiles() + column);
    }

    private Vec temporary(int index) {
        return Vec.zmm(SquareTransform.OUTPUTS * form.columnTiles() + index);
    }

    /// Four sums become two outputs.
    private void combine(int square, int column) {
        var first = output(column, 0);
        var second = output(column, 1);
        var difference = temporary(0);
        lanes.load(first, sum(square, column, 1));
        lanes.load(difference, sum(square, column, 2));
        a.emit(VSUBPS, second, first, difference);
        a.emit(VADDPS, first, first, difference);
        a.emit(VADDPS, first, first, sum(square, column, 0));
        a.emit(VADDPS, second, second, sum(square, column, 3));
    }

    private Mem sum(int square, int column, int position) {
        return Mem.at(SUMS, position * form.positionBytes() + square * form.sumRow() + column * Tiles.ROW_BYTES);
    }

    /// Where outputs of a row are kept; rax = bytes to the lower row's.
    private Mem kept(int square, int column, int which, int row) {
        int at = square * form.keptBytes() + which * form.sumRow() + column * Tiles.ROW_BYTES;
        return row == 0 ? Mem.at(KEPT, at) : Mem.at(KEPT, Gpr.RAX, 1, at);
    }

    private void fetchRow(Share share) {
        if (share.row() > 0) {
            a.emit(MOV, Gpr.RAX, SquareArgument.KEPT_ROW.in());
        }
    }

    private void keep(int square, Share share) {
        fetchRow(share);
        for (int which = 0; which < SquareTransform.OUTPUTS; which++) {
            for (int column = 0; column < form.columnTiles(); column++) {
                var sum = share.begins() && !share.subtracts()
                        ? output(column, which)
                        : add(square, share, column, which, temporary(which * form.columnTiles() + column));
                lanes.store(kept(square, column, which, share.row()), sum);
            }
        }
    }

    /// d = what is kept and what the pass gives.
    private Vec add(int square, Share share, int column, int which, Vec d) {
        var kept = kept(square, column, which, share.row());
        if (share.begins()) {
            lanes.zero(d);
        } else if (!share.subtracts()) {
            a.emit(VADDPS, d, output(column, which), kept);
            return d;
        } else {
            lanes.load(d, kept);
        }
        a.emit(share.subtracts() ? VSUBPS : VADDPS, d, d, output(column, which));
        return d;
    }

    /// All columns are read before any is written, since the result may lie over an operand of its shape.
    private void end(int square, Share share) {
        fetchRow(share);
        if (!share.begins() || share.subtracts()) {
            for (int which = 0; which < SquareTransform.OUTPUTS; which++) {
                for (int column = 0; column < form.columnTiles(); column++) {
                    var output = output(column, which);
                    if (share.subtracts()) {
                        lanes.move(temporary(0), output);
                        lanes.load(output, kept(square, column, which, share.row()));
                        a.emit(VSUBPS, output, output, temporary(0));
                    } else {
                        a.emit(VADDPS, output, output, kept(square, column, which, share.row()));
                    }
                }
            }
        }
        for (int which = 0; which < SquareTransform.OUTPUTS; which++) {
            ask(square, which);
            end(square, which);
        }
    }

    /// Asks for what a square of the next block will write and read of the result and operands of its shape.
    private void ask(int square, int which) {
        a.emit(MOV, PLACE.low32(), place(square + SquareTileCode.BLOCK, which));
        ask(OUTPUT, form.result());
        for (int i = 0; i < operands.size(); i++) {
            if (OperandPlaces.isFull(form.stages(), operands.get(i))) {
                a.emit(MOV, Gpr.RAX, Mem.at(Gpr.RDI, SquareArgument.operand(i)));
                ask(Gpr.RAX, storage(operands.get(i)));
            }
        }
    }

    private void ask(Gpr memory, Storage storage) {
        for (int at = 0; at < rowBytes(storage); at += BlockCode.LINE) {
            a.emit(PREFETCHT1, Mem.at(memory, PLACE, storage.bytes(), at));
        }
    }

    private static Mem place(int square, int which) {
        return Mem.at(PLACES, (square * SquareTransform.OUTPUTS + which) * PLACE_BYTES);
    }

    private void end(int square, int which) {
        var dropped = new Label("dropped");
        a.emit(MOV, PLACE.low32(), place(square, which));
        a.emit(CMP, PLACE.low32(), Imm.of(SumsOut.NOWHERE));
        a.emit(JE, dropped);
        var free = Bfloat16Code.UNIT.registers(SquareTransform.OUTPUTS * form.columnTiles(), taken());
        var parts = IntStream.range(0, form.columnTiles())
                .<StageCode.Part>mapToObj(column -> registers -> StageCode.write(
                        lanes, form.stages(), output(column, which), registers, new PlaceOperands(column)))
                .toList();
        if (form.lastColumns() == Tiles.COLUMNS) {
            // Equal code by turns may take the same address register: each instruction has its turn for all.
            StageCode.writeByTurns(lanes, form.stages(), 0, parts, free);
        } else {
            parts.forEach(part -> part.write(free));
        }
        store(which, free.getFirst());
        a.bind(dropped);
    }

    private void store(int which, Vec free) {
        if (isInParts()) {
            bfloat.split(
                    output(0, which),
                    output(1, which),
                    StageCode.areBounded(form.stages()),
                    (part, bytes) -> Mem.at(OUTPUT, PLACE, Float.BYTES, part * Storage.PART_BYTES + bytes));
            return;
        }
        int bytes = form.result().bytes();
        for (int column = 0; column < form.columnTiles(); column++) {
            var target = Mem.at(OUTPUT, PLACE, bytes, column * Tiles.COLUMNS * bytes);
            lanes.storeFirst(target, output(column, which), count(column), form.result(), free);
        }
    }

    private int count(int column) {
        return column == form.columnTiles() - 1 ? form.lastColumns() : Tiles.COLUMNS;
    }

    private final class PlaceOperands implements StageCode.Operands {
        private final int column;

        PlaceOperands(int column) {
            this.column = column;
        }

        @Override
        public Mem at(Stage.Binary stage) {
            a.emit(MOV, Gpr.RAX, Mem.at(Gpr.RDI, SquareArgument.operand(operands.indexOf(stage.operand()))));
            return switch (stage.spread()) {
                case FULL ->
                    Mem.at(
                            Gpr.RAX,
                            PLACE,
                            stage.storage().bytes(),
                            column * Tiles.COLUMNS * stage.storage().bytes());
                case COLUMN -> Mem.at(Gpr.RAX, column * Tiles.ROW_BYTES);
                case SCALAR -> Mem.at(Gpr.RAX, 0);
                case ROW -> throw new IllegalArgumentException("no code for operands by row; ask knows() first");
            };
        }

        @Override
        public int lanes() {
            return count(column);
        }
    }
}
