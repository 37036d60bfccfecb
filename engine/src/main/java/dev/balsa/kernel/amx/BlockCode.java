package dev.balsa.kernel.amx;

import static dev.balsa.asm.AmxInstruction.LDTILECFG;
import static dev.balsa.asm.AmxInstruction.TILELOADD;
import static dev.balsa.asm.AmxInstruction.TILERELEASE;
import static dev.balsa.asm.AmxInstruction.TILESTORED;
import static dev.balsa.asm.AmxInstruction.TILEZERO;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMOVA;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.IMUL;
import static dev.balsa.asm.GeneralInstruction.JA;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.NEG;
import static dev.balsa.asm.GeneralInstruction.PREFETCHT1;
import static dev.balsa.asm.GeneralInstruction.SHL;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Tile;
import dev.balsa.kernel.code.Routine;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;

/// Writes the code of blocks of tiles: one or two tiles of rows by one or two of columns, whose sums stay in tile
/// registers along the whole depth, then go through a buffer to the result ([SumsOut]).
///
/// The routine makes blocks of the tiles of rows from rsi to rdx, at least one, by the panels of columns that follow
/// each other from [BlockArgument#PANEL]. rdi points to the [BlockArgument]s. Tiles are configured beforehand.
///
/// The sums of a block go to the buffer and leave it while the next block is multiplied: some rows of them between the
/// products of each step, whose unit is busy for 16 cycles with each and leaves everything else idle. Only those of the
/// last block do so on their own. What the result's lines need is asked for in the block before, in the same manner.
abstract class BlockCode implements PartProducts.Loads {
    /// What goes by what.
    enum Order {
        /// All blocks of rows by a panel, then by the next.
        PANELS_OUTSIDE,
        /// A block of rows by all panels, which all stay in the second-level cache.
        PANELS_INSIDE
    }

    /// Which section of the depth is multiplied. Sums of all but the last are kept in memory until the next one.
    enum Section {
        /// All of it.
        WHOLE,
        FIRST,
        MIDDLE,
        LAST;

        /// One of several.
        static Section of(int index, int count) {
            if (count == 1) {
                return WHOLE;
            }
            return index == 0 ? FIRST : index == count - 1 ? LAST : MIDDLE;
        }

        boolean begins() {
            return this == WHOLE || this == FIRST;
        }

        boolean ends() {
            return this == WHOLE || this == LAST;
        }
    }

    /// What code depends on beside the numbers' types and the epilogue.
    ///
    /// @param pairs whether there are blocks of two tiles of rows
    /// @param single whether a tile of rows is left over, or all that there is
    /// @param columnTiles 1 or 2
    /// @param lastColumns columns of the last tile that are of the result
    /// @param steps of depth, where more than [#MOST_STEPS] are as many
    /// @param order of panels and blocks
    /// @param section of the depth
    /// @param asked how many lines each step asks for: of the next panel with panels outside, of the next
    ///     block's rows with panels inside
    /// @param splits how many rows of the next block are split while a panel goes by; only with panels inside
    /// @param rowsFollow whether the result's rows follow each other without gaps, and all of their columns are
    ///     made with panels inside
    record Shape(
            boolean pairs,
            boolean single,
            int columnTiles,
            int lastColumns,
            int steps,
            Order order,
            Section section,
            int asked,
            int splits,
            boolean rowsFollow) {
        /// With so many, the sums of a block come and have gone before the next block is done.
        static final int MOST_STEPS = 2 * Tiles.ROWS + 2;
        /// From the least to the most of them, steps are written one after the other, with the rows of the
        /// block before spread evenly over all but the first: four steps of three products are 6 of 100 faster
        /// so than with as many rows in some steps and none in others (measured on Emerald Rapids). With
        /// fewer, all come late anyway.
        private static final int LEAST_UNROLLED = 3;

        private static final int MOST_UNROLLED = 8;

        /// For the rows of so many tiles.
        static Shape of(
                int rowTiles,
                int columnTiles,
                int lastColumns,
                int steps,
                Order order,
                Section section,
                int asked,
                int splits,
                boolean rowsFollow) {
            return new Shape(
                    rowTiles > 1,
                    rowTiles % 2 > 0,
                    columnTiles,
                    lastColumns,
                    Math.min(steps, MOST_STEPS),
                    order,
                    section,
                    asked,
                    splits,
                    rowsFollow);
        }

        /// Tells shapes apart.
        String name() {
            var rows = pairs ? single ? "2+1" : "2" : "1";
            var rest = lastColumns == Tiles.COLUMNS ? "" : "_" + lastColumns + "columns";
            var asks = (asked == 0 ? "" : "_ask" + asked) + (splits == 0 ? "" : "_split" + splits);
            return rows + "x" + columnTiles + rest + "_" + steps + "steps" + asks
                    + (order == Order.PANELS_INSIDE ? "_inside" : "")
                    + (rowsFollow ? "_follow" : "")
                    + (section == Section.WHOLE ? "" : "_" + section.name().toLowerCase(Locale.ROOT));
        }

        /// Of a block, the largest if there are two.
        int rows() {
            return pairs ? 2 * Tiles.ROWS : Tiles.ROWS;
        }

        /// Whether all steps of a block are written one after the other.
        private boolean isUnrolled() {
            return section == Section.WHOLE && steps >= LEAST_UNROLLED && steps <= MOST_UNROLLED;
        }

        /// How many rows of the block before leave the buffer in the first step, in which they come there.
        private int rowsInFirst() {
            return switch (steps) {
                case 1 -> rows();
                case 2 -> rows() / 2;
                default -> 0;
            };
        }

        /// How many do so in each of the others, until none is left: a power of two.
        private int rowsPerStep() {
            int each = 1;
            while (each * (steps - 1) < rows() - rowsInFirst()) {
                each *= 2;
            }
            return each;
        }

        /// How many steps they take.
        private int stepsOut() {
            return 1 + (rows() - rowsInFirst()) / rowsPerStep();
        }
    }

    /// Bytes of a line of the caches.
    static final int LINE = 64;
    /// Registers of the left factor's tiles, and of the right one's; sums are before them.
    static final int LEFT_TILES = 4;
    static final int RIGHT_TILES = 6;

    /// On the stack: the tiles of rows, the panel and how many are left, the end of the steps, and of what is asked
    /// for.
    private static final Mem FIRST = SumsOut.local(1);
    private static final Mem LAST = SumsOut.local(2);
    private static final Mem TILE = SumsOut.local(3);
    private static final Mem PANEL = SumsOut.local(4);
    private static final Mem PANELS_LEFT = SumsOut.local(5);
    private static final Mem STEPS_END = SumsOut.local(6);
    private static final Mem ASKED_END = SumsOut.local(7);
    /// Where the sums of the next block are kept between sections.
    private static final Mem KEPT = SumsOut.local(8);

    private static final int STACK = SplitAhead.LOCALS * Long.BYTES;

    /// Registers that keep what they hold: where the steps are, the first rows of the block's tiles, distances of rows,
    /// the panel, and what is asked for. Others are of [SumsOut]; rax and rcx are anybody's.
    private static final Gpr STEP = Gpr.RBX;
    private static final Gpr[] TILE_STARTS = {Gpr.R8, Gpr.R9};
    static final Gpr LEFT_STRIDE = Gpr.R10;
    private static final Gpr RIGHT_STRIDE = Gpr.R11;
    private static final Gpr RIGHT = Gpr.R13;
    private static final Gpr ASKED = Gpr.RDX;

    private final Assembler a;
    private final Shape shape;
    private final SumsOut out;
    private final Optional<SplitAhead> ahead;

    BlockCode(Assembler assembler, Shape shape, SumsOut out, Optional<SplitAhead> ahead) {
        this.a = assembler;
        this.shape = shape;
        this.out = out;
        this.ahead = ahead;
    }

    /// How many products a step has.
    abstract int products(int rowTiles);

    /// Bytes of a panel that are of a step.
    abstract int panelStep();

    /// What is written around the products of a step.
    interface Between {
        /// Before the first product of a sum, of which there is one in each of the first products.
        void before(int row, int column);

        /// After each product, by its number.
        void after(int product);
    }

    /// Writes the loads and products of a step.
    abstract void multiply(int rowTiles, Between between);

    /// A routine that configures the tiles, before others are called: that takes as long as some ten products.
    static byte[] configure(long... configuration) {
        return Routine.of(0, assembler -> assembler.emit(LDTILECFG, assembler.constant(configuration)));
    }

    /// A routine that gives the tiles up.
    static byte[] end() {
        return Routine.of(0, assembler -> assembler.emit(TILERELEASE));
    }

    /// The routine's code.
    static byte[] write(Function<Assembler, BlockCode> code) {
        return Routine.of(STACK, assembler -> code.apply(assembler).write());
    }

    private void write() {
        a.emit(MOV, FIRST, Gpr.RSI);
        a.emit(MOV, TILE, Gpr.RSI);
        a.emit(MOV, LAST, Gpr.RDX);
        a.emit(MOV, Gpr.RAX, BlockArgument.STEP_COUNT.in());
        a.emit(SHL, Gpr.RAX, Imm.of(Integer.numberOfTrailingZeros(Long.BYTES)));
        a.emit(ADD, Gpr.RAX, BlockArgument.STEPS.in());
        a.emit(MOV, STEPS_END, Gpr.RAX);
        a.emit(MOV, LEFT_STRIDE, BlockArgument.STRIDE.in());
        if (shape.section != Section.WHOLE) {
            a.emit(MOV, Gpr.RAX, BlockArgument.SECTION_SUMS.in());
            a.emit(MOV, KEPT, Gpr.RAX);
        }
        startPanels();
        ahead.ifPresent(SplitAhead::start);
        out.begin();
        switch (shape.order) {
            case PANELS_OUTSIDE -> panelsOutside();
            case PANELS_INSIDE -> blocks(this::panelsInside);
        }
        if (shape.section.ends()) {
            out.finishAll();
        }
    }

    private void startPanels() {
        a.emit(MOV, Gpr.RAX, BlockArgument.PANEL.in());
        a.emit(MOV, PANEL, Gpr.RAX);
        a.emit(MOV, Gpr.RAX, BlockArgument.PANELS.in());
        a.emit(MOV, PANELS_LEFT, Gpr.RAX);
    }

    private void panelsOutside() {
        var panel = new Label("panel");
        a.bind(panel);
        a.emit(MOV, Gpr.RAX, FIRST);
        a.emit(MOV, TILE, Gpr.RAX);
        if (shape.asked > 0) {
            askPanel();
        }
        blocks(this::block);
        nextPanel();
        a.emit(JNE, panel);
    }

    private void panelsInside(int rowTiles) {
        var panel = new Label("panel");
        if (shape.asked > 0) {
            askRows(rowTiles);
        }
        if (shape.rowsFollow) {
            a.emit(MOV, Gpr.RCX, TILE);
            out.startAsking(rowTiles);
        }
        ahead.ifPresent(SplitAhead::startRows);
        startPanels();
        a.bind(panel);
        block(rowTiles);
        ahead.ifPresent(SplitAhead::endPanel);
        nextPanel();
        a.emit(JNE, panel);
        // Back to the first panel's columns.
        a.emit(IMUL, Gpr.RAX, BlockArgument.PANELS.in(), Imm.of(out.panelColumns()));
        a.emit(NEG, Gpr.RAX);
        a.emit(ADD, SumsOut.AHEAD, Gpr.RAX);
    }

    /// Sets the zero flag after the last one.
    private void nextPanel() {
        a.emit(MOV, Gpr.RAX, BlockArgument.PANEL_BYTES.in());
        a.emit(ADD, PANEL, Gpr.RAX);
        a.emit(ADD, SumsOut.AHEAD, Imm.of(out.panelColumns()));
        a.emit(DEC, PANELS_LEFT);
    }

    private void askPanel() {
        var last = new Label("last panel");
        a.emit(MOV, ASKED, BlockArgument.NEXT.in());
        a.emit(CMP, PANELS_LEFT, Imm.of(1));
        a.emit(JE, last);
        a.emit(MOV, ASKED, PANEL);
        a.emit(ADD, ASKED, BlockArgument.PANEL_BYTES.in());
        a.bind(last);
        endAsked();
    }

    private void endAsked() {
        a.emit(MOV, Gpr.RAX, ASKED);
        a.emit(ADD, Gpr.RAX, BlockArgument.ASKED_BYTES.in());
        a.emit(MOV, ASKED_END, Gpr.RAX);
    }

    /// Those of the next block lie behind this one's.
    private void askRows(int rowTiles) {
        a.emit(MOV, Gpr.RCX, TILE);
        a.emit(MOV, Gpr.RAX, BlockArgument.STARTS.in());
        a.emit(MOV, ASKED, Mem.at(Gpr.RAX, Gpr.RCX, Long.BYTES, 0));
        a.emit(ADD, ASKED, BlockArgument.LEFT.in());
        a.emit(IMUL, Gpr.RAX, LEFT_STRIDE, Imm.of((long) rowTiles * Tiles.ROWS));
        a.emit(ADD, ASKED, Gpr.RAX);
        endAsked();
    }

    /// The blocks of the tiles from `TILE` on.
    private void blocks(IntConsumer body) {
        var pair = new Label("pair");
        var rest = new Label("rest");
        if (shape.pairs) {
            a.bind(pair);
            a.emit(MOV, Gpr.RAX, TILE);
            a.emit(ADD, Gpr.RAX, Imm.of(2));
            a.emit(CMP, Gpr.RAX, LAST);
            a.emit(JA, rest);
            body.accept(2);
            a.emit(ADD, TILE, Imm.of(2));
            a.emit(JMP, pair);
            a.bind(rest);
        }
        if (shape.single) {
            body.accept(1);
        }
    }

    private void block(int rowTiles) {
        startBlock(rowTiles);
        if (!shape.section.ends()) {
            beginSums(rowTiles);
            furtherSteps(rowTiles);
            keepSums(rowTiles);
            return;
        }
        if (shape.isUnrolled()) {
            unrolled(rowTiles);
            return;
        }
        firstStep(rowTiles);
        if (shape.steps > 1) {
            var step = new Label("step");
            a.align(32);
            a.bind(step);
            step(rowTiles, shape.rowsPerStep(), new Rows(Spread.ofStep(shape.rowsPerStep(), products(rowTiles), 0)));
            out.testLeft();
            a.emit(JNE, step);
        }
        if (shape.steps > shape.stepsOut()) {
            var done = new Label("done");
            a.emit(CMP, STEP, STEPS_END);
            a.emit(JAE, done);
            furtherSteps(rowTiles);
            a.bind(done);
        }
        out.turn(shape.rows());
    }

    private void unrolled(int rowTiles) {
        int products = products(rowTiles);
        for (int step = 0; step < shape.steps; step++) {
            var spread = new Spread(shape.rows(), products, step * products, shape.steps * products, products);
            step(rowTiles, 0, step == 0 ? new FirstRows(rowTiles, spread) : new Rows(spread));
        }
        out.askFrom(shape.rows());
        out.turn(0);
    }

    private void furtherSteps(int rowTiles) {
        var further = new Label("further step");
        a.align(32);
        a.bind(further);
        step(rowTiles, 0, new Rows(Spread.ofStep(0, products(rowTiles), 0)));
        a.emit(CMP, STEP, STEPS_END);
        a.emit(JB, further);
    }

    private void firstStep(int rowTiles) {
        int rows = shape.rowsInFirst();
        int starts = rowTiles * shape.columnTiles;
        step(rowTiles, rows, new FirstRows(rowTiles, Spread.ofStep(rows, products(rowTiles), starts - 1)));
        if (!shape.section.begins()) {
            nextKept(rowTiles);
        }
    }

    private void beginSums(int rowTiles) {
        for (int row = 0; row < rowTiles; row++) {
            for (int column = 0; column < shape.columnTiles; column++) {
                beginSum(row, column);
            }
        }
    }

    private void beginSum(int row, int column) {
        if (shape.section.begins()) {
            a.emit(TILEZERO, out.sum(row, column));
        } else {
            a.emit(MOV, Gpr.RAX, KEPT);
            a.emit(TILELOADD, out.sum(row, column), Mem.at(Gpr.RAX, RIGHT_STRIDE, 1, keptAt(row, column)));
        }
    }

    /// Bytes from where a block's sums are kept to one of them.
    private int keptAt(int row, int column) {
        return (row * shape.columnTiles + column) * Tiles.BYTES;
    }

    private void startBlock(int rowTiles) {
        a.emit(MOV, Gpr.RCX, TILE);
        a.emit(MOV, Gpr.RAX, BlockArgument.STARTS.in());
        for (int row = 0; row < rowTiles; row++) {
            a.emit(MOV, TILE_STARTS[row], Mem.at(Gpr.RAX, Gpr.RCX, Long.BYTES, row * Long.BYTES));
            a.emit(ADD, TILE_STARTS[row], BlockArgument.LEFT.in());
        }
        a.emit(MOV, RIGHT_STRIDE.low32(), Imm.of(Tiles.ROW_BYTES));
        a.emit(MOV, RIGHT, PANEL);
        a.emit(MOV, STEP, BlockArgument.STEPS.in());
        // It takes rcx, which is free from then on.
        out.startBlock();
    }

    private void keepSums(int rowTiles) {
        a.emit(MOV, Gpr.RAX, KEPT);
        for (int row = 0; row < rowTiles; row++) {
            for (int column = 0; column < shape.columnTiles; column++) {
                a.emit(TILESTORED, Mem.at(Gpr.RAX, RIGHT_STRIDE, 1, keptAt(row, column)), out.sum(row, column));
            }
        }
        nextKept(rowTiles);
    }

    private void nextKept(int rowTiles) {
        a.emit(ADD, KEPT, Imm.of((long) rowTiles * shape.columnTiles * Tiles.BYTES));
    }

    /// How rows of the block before leave the buffer, spread over products.
    ///
    /// @param rows how many
    /// @param inStep products of the step at hand
    /// @param before those among which rows are spread that come before
    /// @param products how many they are in all
    /// @param first the one after which rows may leave the buffer
    private record Spread(int rows, int inStep, int before, int products, int first) {
        static Spread ofStep(int rows, int products, int first) {
            return new Spread(rows, products, 0, products, first);
        }
    }

    /// What else is done while a step is multiplied: rows of the block before leave the buffer after some of the
    /// products, and lines are asked for.
    private class Rows implements Between {
        private final Spread spread;

        Rows(Spread spread) {
            this.spread = spread;
        }

        @Override
        public void before(int row, int column) {
            // Sums go on.
        }

        @Override
        public void after(int product) {
            int inStep = spread.inStep;
            int rows = spread.rows;
            int at = spread.before + product;
            spread(shape.asked, product, inStep, line -> a.emit(PREFETCHT1, Mem.at(ASKED, line * LINE)));
            if (shape.rowsFollow) {
                spread(out.lines(rows), at, spread.products, out::askLine);
            } else {
                spread(rows, at, spread.products, out::ask);
            }
            ahead.ifPresent(code -> spread(shape.splits, product, inStep, code::split));
            if (at >= spread.first) {
                spread(rows, at - spread.first, spread.products - spread.first, out::finish);
            }
        }
    }

    /// In a block's first step. Before a sum's first product the one of the block before goes to the buffer: one
    /// of them at a time takes nothing off the unit, while all four at once would hold it up for some 80 cycles
    /// (measured on Sapphire Rapids).
    private final class FirstRows extends Rows {
        private final int rowTiles;

        FirstRows(int rowTiles, Spread spread) {
            super(spread);
            this.rowTiles = rowTiles;
        }

        @Override
        public void before(int row, int column) {
            out.store(row, column);
            if (row == rowTiles - 1 && rowTiles < shape.rows() / Tiles.ROWS) {
                out.store(row + 1, column);
            }
            beginSum(row, column);
        }
    }

    /// @param rows that leave the buffer
    private void step(int rowTiles, int rows, Between between) {
        multiply(rowTiles, between);
        a.emit(ADD, STEP, Imm.of(Long.BYTES));
        a.emit(ADD, RIGHT, Imm.of(panelStep()));
        if (shape.asked > 0) {
            a.emit(ADD, ASKED, Imm.of((long) shape.asked * LINE));
            a.emit(CMP, ASKED, ASKED_END);
            a.emit(CMOVA, ASKED, ASKED_END);
        }
        ahead.ifPresent(SplitAhead::endStep);
        if (rows > 0) {
            out.walk(rows);
        }
    }

    /// Does what has its turn after a product, if so many things are spread evenly.
    static void spread(int count, int product, int products, IntConsumer thing) {
        for (int i = count * product / products; i < count * (product + 1) / products; i++) {
            thing.accept(i);
        }
    }

    @Override
    public final void left(int row, int part) {
        a.emit(MOV, Gpr.RAX, Mem.at(STEP, 0));
        for (int i = 0; i < part; i++) {
            a.emit(ADD, Gpr.RAX, BlockArgument.PLANE_STEP.in());
        }
        a.emit(ADD, Gpr.RAX, TILE_STARTS[row]);
        a.emit(TILELOADD, new Tile(LEFT_TILES + row), Mem.at(Gpr.RAX, LEFT_STRIDE, 1, 0));
    }

    @Override
    public final void right(int column, int at) {
        a.emit(TILELOADD, new Tile(RIGHT_TILES + column), Mem.at(RIGHT, RIGHT_STRIDE, 1, at));
    }
}
