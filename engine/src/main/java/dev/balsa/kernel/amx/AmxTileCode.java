package dev.balsa.kernel.amx;

import static dev.balsa.asm.AmxInstruction.LDTILECFG;
import static dev.balsa.asm.AmxInstruction.TDPBF16PS;
import static dev.balsa.asm.AmxInstruction.TILELOADD;
import static dev.balsa.asm.AmxInstruction.TILERELEASE;
import static dev.balsa.asm.AmxInstruction.TILESTORED;
import static dev.balsa.asm.AmxInstruction.TILEZERO;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.PREFETCHT0;
import static dev.balsa.asm.GeneralInstruction.PREFETCHT1;
import static dev.balsa.asm.GeneralInstruction.PREFETCHW;
import static dev.balsa.asm.GeneralInstruction.SHL;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Tile;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.OperandPlaces;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.StageCode;
import java.util.List;
import java.util.stream.IntStream;

/// Writes the code of a block of tiles: one or two tiles of rows by one or two of columns, whose sums stay in tile
/// registers along the whole depth, then go through a buffer and the epilogue to the result.
///
/// The routine makes blocks of the tiles of rows from rsi to rdx, whose number is a multiple of the block's. rdi
/// points to the [Argument]s, 64-bit numbers.
///
/// Four registers hold sums, two tiles of the left factor, two of the right one. The parts of both are taken in
/// such an order that from a product to the next only one side is loaded anew. A product takes 16 cycles of its
/// unit and has a latency of 52, which four sums hide; a tile takes 8 cycles of both load ports. For 32 steps of
/// depth:
///
/// | products | multiplying | loading | KB read |
/// | --- | --- | --- | --- |
/// | 1 | 64 cycles | 32 cycles | 4 |
/// | 3 | 192 cycles | 64 cycles | 8 |
/// | 6 | 384 cycles | 112 cycles | 14 |
///
/// So the products are what takes the time as long as the second-level cache, with some 50 bytes per cycle, keeps
/// up. A panel is read from it once for every block: 32, 21 or 16 bytes per cycle. The left factor's tiles add the
/// same where rows are long; windows over images share most of theirs with those before, in the first-level cache.
/// Storing the sums and the epilogue take some 200 cycles. A panel that must come from a farther cache takes 430
/// cycles for 4 KB, twice as long as three products with it; so it is asked for while the one before is multiplied.
///
/// On Sapphire Rapids the loop reaches 98 of 100 of what the unit alone does with three products, both factors in the
/// second-level cache, and 76 with one. While another process uses the same core's second thread, a tile takes three
/// times as long to load, and products wait for that.
///
/// Splitting comes on top, once per number of a band: some 30 cycles for 32 numbers in two parts, with what reading
/// them takes, as long as their three products with 160 columns. Windows of 3x3 use each number nine times.
final class AmxTileCode {
    /// What a routine is told, in this order.
    enum Argument implements RoutineArgument {
        /// The band's first plane of the left factor; the others follow at equal distances.
        PLANES(0),
        PLANE_STEP(1),
        /// Bytes from a row of a tile to the next.
        STRIDE(2),
        /// For each tile, bytes from `PLANES` to its first row.
        STARTS(3),
        /// For each step of depth, bytes from a tile's start to where it lies.
        STEPS(4),
        STEP_COUNT(5),
        PANEL(6),
        /// What will be multiplied next, and is asked for meanwhile: a panel, as a rule.
        NEXT(7),
        /// Memory for the sums of a block.
        BUFFER(8),
        /// The result's memory, shifted to the panel's first column.
        OUTPUT(9),
        /// For each row of each tile an unsigned 32-bit number: elements from `OUTPUT`, or [#NOWHERE].
        OUTPUT_PLACES(10),
        /// The epilogue's operands, shifted likewise, in the order in which its stages name them.
        OPERANDS(11);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        /// Where an operand of the epilogue stands, or would.
        static int operand(int index) {
            return OPERANDS.at() + index * Long.BYTES;
        }
    }

    /// The place of rows that are dropped.
    static final int NOWHERE = -1;
    /// Bytes of the buffer.
    static final int BUFFER_BYTES = 4 * Tiles.BYTES;

    private static final int PLACE_BYTES = 4;
    /// Palette 1; 8 tiles of 64 bytes by 16 rows (Intel SDM, volume 1, *Tile Configuration*).
    private static final long[] CONFIGURATION = {
        1, 0, 0x0040_0040_0040_0040L, 0x0040_0040_0040_0040L, 0, 0, 0x1010_1010_1010_1010L, 0
    };

    private static final int LINE = 64;
    /// Where the end of the tiles of rows is kept.
    private static final Mem LAST = Mem.at(Gpr.RSP, 0).sized(Long.SIZE);

    private static final int STACK = Long.BYTES;
    private static final int LEFT_TILES = 4;
    private static final int RIGHT_TILES = 6;

    /// All that the code depends on.
    ///
    /// @param family how many products of parts
    /// @param rowTiles 1 or 2
    /// @param columnTiles 1 or 2
    /// @param lastColumns columns of the last tile that are of the result
    /// @param share which part of a panel's lines a block asks for ahead: one in so many; 0 for none
    /// @param stages the epilogue
    record Form(AmxFamily family, int rowTiles, int columnTiles, int lastColumns, int share, List<Stage> stages) {
        /// Names the routine; equal names are equal code.
        String name() {
            var whole = lastColumns == Tiles.COLUMNS ? "" : "_" + lastColumns + "columns";
            return "amx_tile_" + family.type() + "_" + rowTiles + "x" + columnTiles + whole + "_ask" + share + " "
                    + stages;
        }
    }

    /// Parts that are multiplied.
    private record Product(int left, int right) {
        /// In such an order that one of both stays.
        static List<Product> of(AmxFamily family) {
            return switch (family.products()) {
                case 1 -> List.of(new Product(0, 0));
                case 3 -> List.of(new Product(1, 0), new Product(0, 0), new Product(0, 1));
                default ->
                    List.of(
                            new Product(2, 0),
                            new Product(1, 0),
                            new Product(1, 1),
                            new Product(0, 1),
                            new Product(0, 2),
                            new Product(0, 0));
            };
        }
    }

    private final Form form;
    private final Assembler a;
    private final Lanes lanes;

    private AmxTileCode(Form form, Assembler assembler) {
        this.form = form;
        this.a = assembler;
        lanes = new Lanes(assembler, Bfloat16Code.UNIT);
    }

    /// A routine that configures the tiles, before others are called: that takes as long as some ten products.
    static byte[] begin() {
        return Routine.of(0, assembler -> assembler.emit(LDTILECFG, assembler.constant(CONFIGURATION)));
    }

    /// A routine that gives the tiles up.
    static byte[] end() {
        return Routine.of(0, assembler -> assembler.emit(TILERELEASE));
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of(STACK, assembler -> new AmxTileCode(form, assembler).write());
    }

    private static Mem argument(Argument argument) {
        return Mem.at(Gpr.RDI, argument.at());
    }

    private void write() {
        var block = new Label("block");
        var end = new Label("end");
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JAE, end);
        if (form.lastColumns < Tiles.COLUMNS) {
            lanes.chooseFirst(form.lastColumns);
        }
        a.emit(MOV, LAST, Gpr.RDX);
        a.emit(MOV, Gpr.RDX, argument(Argument.NEXT));
        a.bind(block);
        prefetch();
        multiply();
        storeSums();
        finish();
        a.emit(ADD, Gpr.RSI, Imm.of(form.rowTiles));
        a.emit(CMP, Gpr.RSI, LAST);
        a.emit(JB, block);
        a.bind(end);
    }

    /// r8 = places of the block's rows, r15 = how many.
    private void findPlaces() {
        a.emit(MOV, Gpr.R8, Gpr.RSI);
        a.emit(SHL, Gpr.R8, Imm.of(Integer.numberOfTrailingZeros(Tiles.ROWS * PLACE_BYTES)));
        a.emit(ADD, Gpr.R8, argument(Argument.OUTPUT_PLACES));
        a.emit(MOV, Gpr.R15.low32(), Imm.of((long) form.rowTiles * Tiles.ROWS));
    }

    /// Asks for the lines that the epilogue reads and writes, while there is a product to be computed. A place
    /// that is nowhere is asked for to no effect.
    private void prefetch() {
        var operands = StageCode.operands(form.stages);
        var full = IntStream.range(0, operands.size())
                .filter(i -> OperandPlaces.isFull(form.stages, operands.get(i)))
                .toArray();
        var row = new Label("row to come");
        findPlaces();
        a.emit(MOV, Gpr.R9, argument(Argument.OUTPUT));
        for (int i : full) {
            a.emit(MOV, OperandPlaces.BASES.get(i), Mem.at(Gpr.RDI, Argument.operand(i)));
        }
        a.bind(row);
        a.emit(MOV, Gpr.RCX.low32(), Mem.at(Gpr.R8, 0));
        for (int column = 0; column < form.columnTiles; column++) {
            a.emit(PREFETCHW, Mem.at(Gpr.R9, Gpr.RCX, Float.BYTES, column * Tiles.ROW_BYTES));
            for (int i : full) {
                a.emit(PREFETCHT0, Mem.at(OperandPlaces.BASES.get(i), Gpr.RCX, Float.BYTES, column * Tiles.ROW_BYTES));
            }
        }
        a.emit(ADD, Gpr.R8, Imm.of(PLACE_BYTES));
        a.emit(DEC, Gpr.R15);
        a.emit(JNE, row);
    }

    private Tile sum(int row, int column) {
        return new Tile(row * form.columnTiles + column);
    }

    /// r8 and r9 = the tiles of rows, rcx and r15 a step of them; r13 walks along the panel, rbx along the steps,
    /// of which r14 are left.
    private void multiply() {
        var step = new Label("step");
        a.emit(MOV, Gpr.RAX, argument(Argument.STARTS));
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RAX, Gpr.RSI, Long.BYTES, 0));
        a.emit(ADD, Gpr.R8, argument(Argument.PLANES));
        if (form.rowTiles > 1) {
            a.emit(MOV, Gpr.R9, Mem.at(Gpr.RAX, Gpr.RSI, Long.BYTES, Long.BYTES));
            a.emit(ADD, Gpr.R9, argument(Argument.PLANES));
        }
        a.emit(MOV, Gpr.R10, argument(Argument.STRIDE));
        a.emit(MOV, Gpr.R11.low32(), Imm.of(Tiles.ROW_BYTES));
        a.emit(MOV, Gpr.R12, argument(Argument.PLANE_STEP));
        a.emit(MOV, Gpr.R13, argument(Argument.PANEL));
        a.emit(MOV, Gpr.RBX, argument(Argument.STEPS));
        a.emit(MOV, Gpr.R14, argument(Argument.STEP_COUNT));
        for (int row = 0; row < form.rowTiles; row++) {
            for (int column = 0; column < form.columnTiles; column++) {
                a.emit(TILEZERO, sum(row, column));
            }
        }
        a.align(32);
        a.bind(step);
        a.emit(MOV, Gpr.RAX, Mem.at(Gpr.RBX, 0));
        a.emit(LEA, Gpr.RCX, Mem.at(Gpr.R8, Gpr.RAX, 1, 0));
        if (form.rowTiles > 1) {
            a.emit(LEA, Gpr.R15, Mem.at(Gpr.R9, Gpr.RAX, 1, 0));
        }
        step();
        a.emit(ADD, Gpr.RBX, Imm.of(Long.BYTES));
        a.emit(ADD, Gpr.R13, Imm.of((long) form.family.parts() * form.columnTiles * Tiles.BYTES));
        a.emit(DEC, Gpr.R14);
        a.emit(JNE, step);
    }

    /// Between products it asks for some lines of what comes next, along which rdx walks, so that their way from a
    /// farther cache or memory takes no time of its own.
    private void step() {
        int left = -1;
        int right = -1;
        int lines = form.share == 0 ? 0 : Math.ceilDiv(form.family.parts() * form.columnTiles * Tiles.ROWS, form.share);
        int products = Product.of(form.family).size() * form.rowTiles * form.columnTiles;
        int done = 0;
        for (var product : Product.of(form.family)) {
            if (product.left != left) {
                left = product.left;
                loadLeft(left);
            }
            if (product.right != right) {
                right = product.right;
                loadRight(right);
            }
            for (int row = 0; row < form.rowTiles; row++) {
                for (int column = 0; column < form.columnTiles; column++) {
                    a.emit(TDPBF16PS, sum(row, column), new Tile(LEFT_TILES + row), new Tile(RIGHT_TILES + column));
                    for (int line = done * lines / products; line < (done + 1) * lines / products; line++) {
                        a.emit(PREFETCHT1, Mem.at(Gpr.RDX, line * LINE));
                    }
                    done++;
                }
            }
        }
        if (lines > 0) {
            a.emit(ADD, Gpr.RDX, Imm.of((long) lines * LINE));
        }
    }

    private void loadLeft(int part) {
        for (int row = 0; row < form.rowTiles; row++) {
            var start = row == 0 ? Gpr.RCX : Gpr.R15;
            if (part > 0) {
                a.emit(LEA, Gpr.RAX, Mem.at(start, Gpr.R12, part, 0));
                start = Gpr.RAX;
            }
            a.emit(TILELOADD, new Tile(LEFT_TILES + row), Mem.at(start, Gpr.R10, 1, 0));
        }
    }

    private void loadRight(int part) {
        for (int column = 0; column < form.columnTiles; column++) {
            int at = (part * form.columnTiles + column) * Tiles.BYTES;
            a.emit(TILELOADD, new Tile(RIGHT_TILES + column), Mem.at(Gpr.R13, Gpr.R11, 1, at));
        }
    }

    private int bufferRow() {
        return form.columnTiles * Tiles.ROW_BYTES;
    }

    /// rax = the buffer, in which rows of the block lie one after the other.
    private void storeSums() {
        a.emit(MOV, Gpr.RAX, argument(Argument.BUFFER));
        a.emit(MOV, Gpr.R11.low32(), Imm.of(bufferRow()));
        for (int row = 0; row < form.rowTiles; row++) {
            for (int column = 0; column < form.columnTiles; column++) {
                int at = row * Tiles.ROWS * bufferRow() + column * Tiles.ROW_BYTES;
                a.emit(TILESTORED, Mem.at(Gpr.RAX, Gpr.R11, 1, at), sum(row, column));
            }
        }
    }

    /// rax walks along the buffer, r8 along the places of rows, of which r15 are left; rcx = elements from the
    /// result's memory to the row, rbx = the row.
    private void finish() {
        var row = new Label("row");
        var dropped = new Label("dropped");
        var free = IntStream.range(1, Bfloat16Code.UNIT.registers())
                .mapToObj(Bfloat16Code.UNIT::register)
                .toList();
        var x = Vec.zmm(0);
        findPlaces();
        a.emit(MOV, Gpr.R9, argument(Argument.OUTPUT));
        for (int i = 0; i < StageCode.operands(form.stages).size(); i++) {
            a.emit(MOV, OperandPlaces.BASES.get(i), Mem.at(Gpr.RDI, Argument.operand(i)));
        }
        a.bind(row);
        a.emit(MOV, Gpr.RCX.low32(), Mem.at(Gpr.R8, 0));
        a.emit(CMP, Gpr.RCX.low32(), Imm.of(NOWHERE));
        a.emit(JE, dropped);
        a.emit(LEA, Gpr.RBX, Mem.at(Gpr.R9, Gpr.RCX, Float.BYTES, 0));
        for (int column = 0; column < form.columnTiles; column++) {
            int at = column * Tiles.ROW_BYTES;
            int count = column == form.columnTiles - 1 ? form.lastColumns : Tiles.COLUMNS;
            lanes.load(x, Mem.at(Gpr.RAX, at));
            StageCode.write(
                    lanes,
                    form.stages,
                    x,
                    free,
                    new OperandPlaces(form.stages, Gpr.RCX, Float.BYTES, at, Gpr.NONE, at, count));
            if (count == Tiles.COLUMNS) {
                lanes.store(Mem.at(Gpr.RBX, at), x);
            } else {
                lanes.storeFirst(Mem.at(Gpr.RBX, at), x, count, free.getFirst());
            }
        }
        a.bind(dropped);
        a.emit(ADD, Gpr.RAX, Imm.of(bufferRow()));
        a.emit(ADD, Gpr.R8, Imm.of(PLACE_BYTES));
        a.emit(DEC, Gpr.R15);
        a.emit(JNE, row);
    }
}
