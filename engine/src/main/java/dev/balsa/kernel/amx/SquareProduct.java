package dev.balsa.kernel.amx;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.code.OperandAddresses;
import dev.balsa.kernel.tile.TileProduct;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A 3x3 convolution by [SquareTransform] on the tile unit, prepared; immutable and thread-safe.
///
/// Squares are numbered. A unit of work is a group of them by a part of the panels of kernels. Whoever makes it goes
/// through the passes: it has the squares taken apart into planes in the worker's scratch memory ([SquareSplitCode]),
/// which stay in its second-level cache while panels go by ([SquareTileCode]). Outputs are kept in scratch memory from
/// pass to pass, and never leave a core before they are done.
public final class SquareProduct {
    /// A row of pixels that is not in the image.
    public static final long OUTSIDE = -1;
    /// The place of an output that the result does not have.
    public static final int NOWHERE = SumsOut.NOWHERE;

    private static final int PLACES = SquareTransform.OUTPUTS;
    private static final int LINE = BlockCode.LINE;
    private static final int PANEL_COLUMNS = AmxPanels.WIDTH * Tiles.COLUMNS;
    /// Lines of the next panel that a step asks for at most.
    private static final int MOST_LINES = 32;

    /// What is made.
    ///
    /// @param squares of all images
    /// @param channels more than a step of depth has
    /// @param pixelStep elements from a pixel of the image to the next
    /// @param outputs channels of the result
    /// @param stages the epilogue
    /// @param image how the image is stored; not [Storage#PARTS]
    /// @param result how the result is stored
    public record Request(
            int squares, int channels, long pixelStep, int outputs, List<Stage> stages, Storage image, Storage result) {
        /// Copies the stages.
        public Request {
            stages = List.copyOf(stages);
        }
    }

    /// Knows where the outputs of squares are.
    @FunctionalInterface
    public interface Places {
        /// Where one of the four outputs of a square is, in elements of the result's memory; [#NOWHERE] if it is none.
        int of(int square, int row, int column);
    }

    /// Knows where squares are.
    @FunctionalInterface
    public interface Image {
        /// Has squares taken apart, run by run, by [SquareProduct#split].
        ///
        /// @param row of positions
        /// @param from the first square
        /// @param to the end
        void split(SquareProduct product, Frame frame, int row, int section, int from, int to);
    }

    /// Takes kernels apart.
    @FunctionalInterface
    public interface Kernels {
        /// Writes the parts of some outputs' kernels: `[position][channel][output]`.
        ///
        /// @param from the first output
        /// @param to the end
        /// @param rowBytes bytes of a channel's outputs, filled up to whole vectors
        void takeApart(int from, int to, MemorySegment target, long rowBytes);
    }

    private final Request request;
    private final SquareDivision.Sizes sizes;
    private final SquareDivision division;
    private final int parts;
    private final AmxPanels panels;
    private final MemorySegment packed;
    private final MachineCode begin;
    private final MachineCode end;
    /// By whether rows are added.
    private final MachineCode[] splits = new MachineCode[2];
    /// By pass, then by whether it is the last panel.
    private final MachineCode[][] codes;
    private final MemorySegment places;
    private final OperandAddresses operands;
    private final long planeStep;

    /// Prepares it.
    ///
    /// @param weights where packed kernels come from, for [Constants]
    public SquareProduct(
            AmxFamily family,
            Request request,
            Places outputs,
            MemorySegment weights,
            Kernels kernels,
            Workplace workplace,
            Constants constants) {
        this.request = request;
        sizes = new SquareDivision.Sizes(family, request.squares, request.channels, request.outputs);
        division = SquareDivision.best(sizes, workplace);
        parts = family.parts();
        panels = new AmxPanels(parts, request.outputs, passSteps());
        packed = constants.packed(
                weights,
                "squares of " + panels.form(),
                panels.bytes() * passes(),
                target -> pack(kernels, target, constants));
        begin = constants.code("amx_begin", AmxTileCode::begin);
        end = constants.code("amx_end", BlockCode::end);
        int rest = request.channels % Tiles.DEPTH;
        for (int adds = 0; adds < splits.length; adds++) {
            boolean isSum = adds > 0;
            splits[adds] = constants.code(
                    SquareSplitCode.name(family, request.image, isSum, rest),
                    () -> SquareSplitCode.write(family, request.image, isSum, rest));
        }
        codes = codes(family, constants);
        places = places(outputs);
        operands = new OperandAddresses(request.stages);
        planeStep = (Math.ceilDiv(rows() * pitch(), LINE) | 1) * LINE;
    }

    /// About what it takes, in one phase that the caller counts.
    public static Cost cost(AmxFamily family, long squares, int channels, int outputs) {
        var sizes = new SquareDivision.Sizes(family, squares, channels, outputs);
        var place = Workplace.here(Integer.MAX_VALUE);
        double cycles = SquareDivision.best(sizes, place).effort(sizes, AmxCost.PRODUCT_CYCLES, place.workers());
        double pixels = (double) squares * SquareTransform.OUTPUTS * SquareTransform.OUTPUTS;
        return new Cost(
                cycles * AmxCost.MULTIPLY_ADDS, pixels * (channels + outputs) * Float.BYTES, sizes.panelBytes(), 0);
    }

    /// Whether there are enough of everything.
    public static boolean supports(AmxFamily family, long squares, int channels) {
        return family.parts() <= 2 && channels > Tiles.DEPTH && squares >= Tiles.ROWS;
    }

    private int passes() {
        return SquareTransform.SIDE * sizes.sections();
    }

    private int sectionSteps() {
        return sizes.steps() / sizes.sections();
    }

    private int sectionChannels() {
        return request.channels / sizes.sections();
    }

    private long pitch() {
        return sizes.pitch();
    }

    private int rows() {
        return division.mostBlocks() * SquareTileCode.BLOCK;
    }

    /// The steps of a pass, position by position.
    private List<Step> passSteps() {
        var steps = new ArrayList<Step>();
        int channels = sectionChannels();
        for (int position = 0; position < SquareTransform.SIDE; position++) {
            for (var step : Step.along(channels)) {
                steps.add(new Step(position * channels + step.first(), step.count(), step.offset()));
            }
        }
        return steps;
    }

    private void pack(Kernels kernels, MemorySegment target, Constants constants) {
        long rowBytes = (long) Math.min(PANEL_COLUMNS, filled(request.outputs)) * Float.BYTES;
        long bytes = rowBytes * request.channels * SquareTransform.SIDE * SquareTransform.SIDE;
        constants.onTheWay(bytes, apart -> pack(kernels, apart, rowBytes, target, constants));
    }

    /// @param apart gets the squares of a panel's columns
    private void pack(Kernels kernels, MemorySegment apart, long rowBytes, MemorySegment target, Constants constants) {
        for (int from = 0; from < request.outputs; from += PANEL_COLUMNS) {
            int to = Math.min(request.outputs, from + PANEL_COLUMNS);
            kernels.takeApart(from, to, apart, rowBytes);
            var chunk = new AmxPanels(parts, to - from, passSteps());
            for (int pass = 0; pass < passes(); pass++) {
                var runs = new ArrayList<Long>();
                for (int position = 0; position < SquareTransform.SIDE; position++) {
                    long first = (long) (row(pass) * SquareTransform.SIDE + position) * request.channels
                            + (long) section(pass) * sectionChannels();
                    runs.add(first * rowBytes / Float.BYTES);
                }
                var right = new TileProduct.Right(apart, runs, sectionChannels(), rowBytes / Float.BYTES, 1, 1);
                long at = pass * panels.bytes() + panels.place(from / PANEL_COLUMNS);
                chunk.pack(right, target.asSlice(at, chunk.bytes()), constants);
            }
        }
    }

    private static int filled(int outputs) {
        return Math.ceilDiv(outputs, Tiles.COLUMNS) * Tiles.COLUMNS;
    }

    private int row(int pass) {
        return pass / sizes.sections();
    }

    private int section(int pass) {
        return pass % sizes.sections();
    }

    private MachineCode[][] codes(AmxFamily family, Constants constants) {
        var made = new MachineCode[passes()][2];
        for (int pass = 0; pass < passes(); pass++) {
            for (int last = 0; last < 2; last++) {
                int panel = last == 0 ? 0 : panels.count() - 1;
                var form = new SquareTileCode.Form(
                        family,
                        panels.tiles(panel),
                        panels.lastColumns(panel),
                        sectionSteps(),
                        SquareTransform.shares(row(pass), section(pass) == 0, section(pass) == sizes.sections() - 1),
                        division.asksPanels() ? askedLines(panel) : 0,
                        request.stages,
                        request.result);
                made[pass][last] = constants.code(form.name(), () -> SquareTileCode.write(form));
            }
        }
        return made;
    }

    private int askedLines(int panel) {
        long lines = panelBytes(panel) / LINE;
        long steps = (long) division.mostBlocks() * SquareTransform.SIDE * sectionSteps();
        return Math.toIntExact(Math.min(MOST_LINES, Math.ceilDiv(lines, steps)));
    }

    private long panelBytes(int panel) {
        return (long) panels.tiles(panel) * SquareTransform.SIDE * sectionSteps() * parts * Tiles.BYTES;
    }

    /// For each row of outputs, then each square, where its outputs are; squares that fill up the last block have none.
    private MemorySegment places(Places outputs) {
        var all = new int[SquareTransform.OUTPUTS * rowPlaces()];
        Arrays.fill(all, NOWHERE);
        for (int row = 0; row < SquareTransform.OUTPUTS; row++) {
            for (int square = 0; square < request.squares; square++) {
                for (int column = 0; column < SquareTransform.OUTPUTS; column++) {
                    all[row * rowPlaces() + square * PLACES + column] = outputs.of(square, row, column);
                }
            }
        }
        return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_INT, all);
    }

    /// Numbers of a row of outputs: those of a block that does not exist are asked for.
    private int rowPlaces() {
        return (sizes.blocks() + 1) * SquareTileCode.BLOCK * PLACES;
    }

    /// How many units of work there are.
    public int units() {
        return division.groups() * division.panelParts();
    }

    private long argumentBytes() {
        long most = Math.max(SquareArgument.operand(operands.count()), SquareSplitCode.Argument.bytes());
        return Math.ceilDiv(most, LINE) * LINE;
    }

    private long zerosAt() {
        return argumentBytes();
    }

    private long zeroBytes() {
        return (long) (sizes.steps() + 1) * Tiles.DEPTH * Float.BYTES;
    }

    private long bufferAt() {
        return zerosAt() + zeroBytes();
    }

    private long planesAt() {
        return bufferAt() + SquareTileCode.BUFFER_BYTES;
    }

    private long keptAt() {
        return planesAt() + planeStep * parts * SquareTransform.SIDE;
    }

    /// Bytes of a panel's outputs of one row.
    private long keptRow() {
        return (long) rows() * PLACES * AmxPanels.WIDTH * Tiles.ROW_BYTES;
    }

    private int mostPanels() {
        return Math.ceilDiv(panels.count(), division.panelParts());
    }

    /// Scratch memory that a worker needs.
    public long workerBytes() {
        return keptAt() + keptRow() * SquareTransform.OUTPUTS * mostPanels();
    }

    /// Makes some units.
    public void run(Frame frame, Image image, MemorySegment result, int from, int to) {
        begin.call(0, frame.scratch(), 0, 0);
        Effects.clear(frame.scratch(), zerosAt(), zeroBytes());
        for (int unit = from; unit < to; unit++) {
            int group = unit / division.panelParts();
            int first = division.start(group) * SquareTileCode.BLOCK;
            int last = Math.min(request.squares, division.start(group + 1) * SquareTileCode.BLOCK);
            for (int pass = 0; pass < passes(); pass++) {
                image.split(this, frame, row(pass), section(pass), first, last);
                multiply(frame, result, group, pass, unit % division.panelParts());
            }
        }
        end.call(0, frame.scratch(), 0, 0);
    }

    /// Takes a run of squares apart, each two columns right of the one before; for [Image].
    ///
    /// @param upper the address of the upper row's pixel at the first square's first column, which may be
    ///     outside; or [#OUTSIDE]
    /// @param lower likewise
    /// @param column the first square's first, which may be negative
    /// @param width columns of the image
    /// @param square the first one's number in its group
    public void split(
            Frame frame, int row, int section, long upper, long lower, int column, int width, int square, int count) {
        var scratch = frame.scratch();
        long zeros = scratch.address() + zerosAt();
        long shift = (long) section * sectionChannels() * request.image.bytes();
        long pixel = request.pixelStep * request.image.bytes();
        SquareSplitCode.Argument.UPPER.set(scratch, upper == OUTSIDE ? zeros : upper + shift);
        SquareSplitCode.Argument.LOWER.set(scratch, lower == OUTSIDE ? zeros : lower + shift);
        SquareSplitCode.Argument.UPPER_STEP.set(scratch, upper == OUTSIDE ? 0 : pixel);
        SquareSplitCode.Argument.LOWER_STEP.set(scratch, lower == OUTSIDE ? 0 : pixel);
        SquareSplitCode.Argument.COLUMN.set(scratch, column);
        SquareSplitCode.Argument.WIDTH.set(scratch, width);
        SquareSplitCode.Argument.STEPS.set(scratch, sectionChannels() / Tiles.DEPTH);
        SquareSplitCode.Argument.TARGET.set(scratch, scratch.address() + planesAt() + square * pitch());
        SquareSplitCode.Argument.PLANE_STEP.set(scratch, planeStep);
        SquareSplitCode.Argument.ROW_STEP.set(scratch, pitch());
        SquareSplitCode.Argument.ZEROS.set(scratch, zeros);
        splits[SquareTransform.adds(row) ? 1 : 0].call(0, scratch, 0, count);
    }

    private void multiply(Frame frame, MemorySegment result, int group, int pass, int panelPart) {
        int from = start(panelPart);
        int to = start(panelPart + 1);
        int whole = to == panels.count() ? to - 1 : to;
        int next = (pass + 1) % passes();
        if (whole > from) {
            long behind = whole < to ? place(pass, whole) : place(next, from);
            multiply(frame, result, group, pass, from, whole, from, 0, behind);
        }
        if (whole < to) {
            multiply(frame, result, group, pass, whole, to, from, 1, place(next, from));
        }
    }

    /// The first panel of a part of about equal ones; the larger ones come first.
    private int start(int panelPart) {
        int among = division.panelParts();
        return panelPart * (panels.count() / among) + Math.min(panelPart, panels.count() % among);
    }

    private long place(int pass, int panel) {
        return packed.address() + pass * panels.bytes() + panels.place(panel);
    }

    private void multiply(
            Frame frame,
            MemorySegment result,
            int group,
            int pass,
            int panel,
            int panelEnd,
            int firstPanel,
            int last,
            long next) {
        var scratch = frame.scratch();
        long column = panels.column(panel);
        int first = division.start(group);
        // The lower row of outputs ends in the last pass only.
        int ending = row(pass) == SquareTransform.SIDE - 1 ? 1 : 0;
        long square = ending * (long) rowPlaces() + (long) first * SquareTileCode.BLOCK * PLACES;
        SquareArgument.LEFT.set(scratch, scratch.address() + planesAt());
        SquareArgument.PLANE_STEP.set(scratch, planeStep);
        SquareArgument.POSITION_STEP.set(scratch, planeStep * parts);
        SquareArgument.STRIDE.set(scratch, pitch());
        SquareArgument.STEPS.set(scratch, sectionSteps());
        SquareArgument.PANEL.set(scratch, place(pass, panel));
        SquareArgument.PANELS.set(scratch, panelEnd - panel);
        SquareArgument.PANEL_BYTES.set(scratch, panelBytes(panel));
        SquareArgument.NEXT.set(scratch, next);
        SquareArgument.BUFFER.set(scratch, scratch.address() + bufferAt());
        SquareArgument.KEPT.set(
                scratch, scratch.address() + keptAt() + (panel - firstPanel) * keptRow() * SquareTransform.OUTPUTS);
        SquareArgument.KEPT_ROW.set(scratch, keptRow());
        SquareArgument.KEPT_PANEL.set(scratch, keptRow() * SquareTransform.OUTPUTS);
        SquareArgument.OUTPUT.set(scratch, result.address() + column * request.result.bytes());
        SquareArgument.PLACES.set(scratch, places.address() + square * Integer.BYTES);
        operands.set(frame, scratch, SquareArgument.OPERANDS.at(), column, column);
        codes[pass][last].call(0, scratch, 0, division.start(group + 1) - first);
    }
}
