package dev.balsa.kernel.conv;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.SUB;
import static dev.balsa.asm.GeneralInstruction.TEST;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Operand;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.SumResult;
import dev.balsa.kernel.amx.Bfloat16Code;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.OperandPlaces;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.SumCode;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.conv.DepthwiseForm.Meeting;
import dev.balsa.kernel.conv.DepthwiseForm.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes the code of a depthwise convolution: neighbouring pixels of one or two output rows by some vectors of
/// channels
/// are summed up in registers over the window, then passed through the epilogue and stored. Each vector of the image is
/// loaded once for all sums that it is part of, each row's weights once for all its pixels. So there are fewer loads
/// than multiply-adds, of which a processor does two of either per cycle.
///
/// A routine goes over groups of as many output rows as a tile has, rdx - rsi of them, and in each along the row, tile
/// by tile. A table tells where rows of the image are. Weights are packed in blocks of as many channels as are
/// summed up at once: per position of the window a vector or more.
final class DepthwiseCode {
    /// What a routine is told, in this order.
    enum Argument implements RoutineArgument {
        /// For each row of the image from the first window's first row on, where the first window's first column is
        /// or, outside of the image, would be; 0 for rows outside of the image.
        ROWS(0),
        /// Bytes from there to the first of the channels.
        CHANNEL(1),
        WEIGHTS(2),
        OUTPUT(3),
        /// Where the means of the first output row belong, if they are made: the other rows' follow at the distance of
        /// two pixels.
        MEANS(4),
        /// The epilogue's operands, in the order in which its stages name them.
        OPERANDS(5);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        static int operand(int index) {
            return OPERANDS.at() + index * Long.BYTES;
        }
    }

    /// How many registers functions of a result in parts may overwrite.
    static final int MOST_TEMPORARIES_FOR_PARTS = 5;

    /// Where the means of a group's first row belong.
    private static final Mem MEANS = Mem.at(Gpr.RSP, 0);

    private final DepthwiseForm form;
    private final VectorUnit unit;
    private final Assembler a;
    private final Lanes lanes;
    private final List<Integer> operands;
    /// What the sums begin with, if not with 0: it takes no addition then.
    private final Optional<Stage.Binary> bias;
    private final List<Stage> stages;
    private final int sums;
    /// Whether the weights of a row stay in registers.
    private final boolean holdsWeights;

    private DepthwiseCode(Assembler assembler, DepthwiseForm form) {
        this.form = form;
        unit = form.unit();
        a = assembler;
        lanes = new Lanes(assembler, unit);
        operands = StageCode.operands(form.stages());
        bias = form.integers().isEmpty() ? StageCode.bias(form.stages()) : Optional.empty();
        stages = form.stages().subList(bias.isPresent() ? 1 : 0, form.stages().size());
        int pixels = form.segments().stream().mapToInt(Segment::pixels).max().orElse(0);
        sums = form.tile().lines() * pixels * form.tile().vectors();
        holdsWeights = sums + form.weightRegisters() < unit.registers();
    }

    /// The routine's code.
    static byte[] write(DepthwiseForm form) {
        int stack = form.hasMeans() ? Long.BYTES : 0;
        return Routine.of(stack, assembler -> new DepthwiseCode(assembler, form).write());
    }

    private Vec sum(int line, int pixel, int vector) {
        int pixels = sums / (form.tile().lines() * form.tile().vectors());
        return unit.register((line * pixels + pixel) * form.tile().vectors() + vector);
    }

    private Vec weight(int line, int column, int vector) {
        return unit.register(
                sums + (line * form.width().count() + column) * form.tile().vectors() + vector);
    }

    private Vec input() {
        return unit.register(unit.registers() - 1);
    }

    /// rsi = groups left, r9 = rows of the group's table, r8 = bytes from a row's beginning to the tile's first
    /// window, rbx = its result; r15 = tiles left of a segment, rcx = channels done, rdx = weights of the block,
    /// rax = windows in one of the rows.
    private void write() {
        if (form.lastLanes() < unit.lanes()) {
            lanes.chooseFirst(form.lastLanes());
        }
        a.emit(SUB, Gpr.RDX, Gpr.RSI);
        a.emit(MOV, Gpr.RSI, Gpr.RDX);
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.ROWS.at()));
        a.emit(MOV, Gpr.RBX, Mem.at(Gpr.RDI, Argument.OUTPUT.at()));
        for (int i = 0; i < operands.size(); i++) {
            a.emit(MOV, OperandPlaces.BASES.get(i), Mem.at(Gpr.RDI, Argument.operand(i)));
        }
        if (form.hasMeans()) {
            a.emit(MOV, Gpr.RAX, Mem.at(Gpr.RDI, Argument.MEANS.at()));
            a.emit(MOV, MEANS, Gpr.RAX);
        }
        var group = new Label("group");
        a.bind(group);
        if (form.hasMeans()) {
            clearMeans();
        }
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.CHANNEL.at()));
        form.segments().forEach(this::segment);
        if (form.hasMeans()) {
            a.emit(MOV, Gpr.RAX, MEANS);
            a.emit(ADD, Gpr.RAX, Imm.of(meanAt(form.tile().lines())));
            a.emit(MOV, MEANS, Gpr.RAX);
        }
        a.emit(ADD, Gpr.R9, Imm.of((long) form.tile().lines() * form.height().stride() * Long.BYTES));
        skipResults((long) form.tile().lines() * form.outputLine() - (long) form.rowPixels() * form.outputStep());
        a.emit(DEC, Gpr.RSI);
        a.emit(JNE, group);
    }

    /// Bytes from the means of a group's first row to those of another one.
    private int meanAt(int line) {
        return line * form.outputStep() * Float.BYTES;
    }

    /// The means of a group's rows begin with 0, since tiles add to them.
    private void clearMeans() {
        var zero = unit.register(0);
        int full = form.channels() / unit.lanes();
        a.emit(MOV, Gpr.RAX, MEANS);
        lanes.zero(zero);
        if (full > 0) {
            var vector = new Label("clear means");
            a.emit(MOV, Gpr.RCX, Imm.of(full));
            a.bind(vector);
            clearMeans(zero, unit.lanes());
            a.emit(ADD, Gpr.RAX, Imm.of(unit.bytes()));
            a.emit(DEC, Gpr.RCX);
            a.emit(JNE, vector);
        }
        if (form.lastLanes() < unit.lanes()) {
            clearMeans(zero, form.lastLanes());
        }
    }

    private void clearMeans(Vec zero, int count) {
        for (int line = 0; line < form.tile().lines(); line++) {
            lanes.storeFirst(Mem.at(Gpr.RAX, meanAt(line)), zero, count, Storage.FLOATS, unit.register(1));
        }
    }

    /// Adds what the results of a tile, which are in registers, give to the means of their rows.
    private void addMeans(Segment segment, int vectors, int lastLanes, List<Vec> free) {
        a.emit(MOV, Gpr.RAX, MEANS);
        for (int line = 0; line < form.tile().lines(); line++) {
            for (int vector = 0; vector < vectors; vector++) {
                var mean = sum(line, 0, vector);
                // In pairs, so that few additions wait for each other.
                for (int step = 1; step < segment.pixels(); step *= 2) {
                    for (int pixel = 0; pixel + step < segment.pixels(); pixel += 2 * step) {
                        var x = sum(line, pixel, vector);
                        lanes.add(x, x, sum(line, pixel + step, vector));
                    }
                }
                int count = vector < vectors - 1 ? unit.lanes() : lastLanes;
                var place = Mem.at(Gpr.RAX, Gpr.RCX, Float.BYTES, meanAt(line) + vector * unit.bytes());
                lanes.loadFirst(free.getFirst(), place, count, Storage.FLOATS);
                lanes.accumulate(free.getFirst(), mean, lanes.all(1f / form.rowPixels()));
                lanes.storeFirst(place, free.getFirst(), count, Storage.FLOATS, mean);
            }
        }
    }

    /// Moves on to results so many elements away.
    private void skipResults(long elements) {
        a.emit(ADD, Gpr.RBX, Imm.of(elements * form.resultBytes()));
        for (int i = 0; i < operands.size(); i++) {
            if (OperandPlaces.isFull(form.stages(), operands.get(i))) {
                int bytes = StageCode.storage(form.stages(), operands.get(i)).bytes();
                a.emit(ADD, OperandPlaces.BASES.get(i), Imm.of(elements * bytes));
            }
        }
    }

    private void segment(Segment segment) {
        var tile = new Label("tile");
        if (segment.tiles() > 1) {
            a.emit(MOV, Gpr.R15, Imm.of(segment.tiles()));
        }
        a.bind(tile);
        tile(segment);
        a.emit(ADD, Gpr.R8, Imm.of((long) segment.pixels() * form.width().stride() * form.pixelBytes()));
        skipResults((long) segment.pixels() * form.outputStep());
        if (segment.tiles() > 1) {
            a.emit(DEC, Gpr.R15);
            a.emit(JNE, tile);
        }
    }

    private void tile(Segment segment) {
        a.emit(MOV, Gpr.RDX, Mem.at(Gpr.RDI, Argument.WEIGHTS.at()));
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        var blocks = form.blocks();
        int most = form.tile().vectors();
        boolean plainEnd = form.lastLanes() == unit.lanes() && blocks.getLast() == most;
        int repeated = plainEnd ? blocks.size() : blocks.size() - 1;
        if (repeated > 0) {
            var channels = new Label("channels");
            a.align(32);
            a.bind(channels);
            block(segment, most, unit.lanes());
            a.emit(ADD, Gpr.RCX, Imm.of((long) most * unit.lanes()));
            a.emit(ADD, Gpr.RDX, Imm.of((long) most * unit.bytes() * form.taps()));
            a.emit(CMP, Gpr.RCX, Imm.of((long) most * unit.lanes() * repeated));
            a.emit(JB, channels);
        }
        if (!plainEnd) {
            block(segment, blocks.getLast(), form.lastLanes());
        }
    }

    private void block(Segment segment, int vectors, int lastLanes) {
        begin(segment, vectors, lastLanes);
        var height = form.height();
        for (int plane = 0; plane < form.depth(); plane++) {
            for (int place = 0; place < height.span(form.tile().lines()); place++) {
                var lines = height.meetings(place, form.tile().lines());
                if (!lines.isEmpty() && segment.end() > segment.first()) {
                    row(segment, plane, place, lines, vectors, lastLanes);
                }
            }
        }
        var free = unit.registers(sums, unit.registers());
        var parts = new ArrayList<StageCode.Part>();
        for (int line = 0; line < form.tile().lines(); line++) {
            for (int pixel = 0; pixel < segment.pixels(); pixel++) {
                if (form.integers().isPresent()) {
                    integers(form.integers().get(), line, pixel, vectors, lastLanes, free);
                } else {
                    parts.addAll(results(line, pixel, vectors, lastLanes));
                }
            }
        }
        if (isInParts()) {
            // What splits takes registers that hold weights.
            StageCode.writeByTurns(lanes, stages, 0, parts, free.subList(0, Bfloat16Code.FIRST_TAKEN - sums));
            splitResults(segment);
        } else {
            StageCode.writeByTurns(lanes, stages, 0, parts, free);
        }
        if (form.hasMeans()) {
            addMeans(segment, vectors, lastLanes, free);
        }
    }

    private boolean isInParts() {
        return form.integers().isEmpty() && form.result() == Storage.PARTS;
    }

    private void splitResults(Segment segment) {
        var code = new Bfloat16Code(a, 2);
        code.begin();
        for (int line = 0; line < form.tile().lines(); line++) {
            for (int pixel = 0; pixel < segment.pixels(); pixel++) {
                int at = resultAt(line, pixel) * Float.BYTES;
                code.split(
                        sum(line, pixel, 0),
                        sum(line, pixel, 1),
                        StageCode.areBounded(form.stages()),
                        (part, bytes) -> Mem.at(Gpr.RBX, Gpr.RCX, Float.BYTES, at + part * Storage.PART_BYTES + bytes));
            }
        }
    }

    /// The sums begin with the bias or 0.
    private void begin(Segment segment, int vectors, int lastLanes) {
        for (int vector = 0; vector < vectors; vector++) {
            var first = sum(0, 0, vector);
            int count = vector < vectors - 1 ? unit.lanes() : lastLanes;
            var places = operands(0, 0, vector, count);
            bias.ifPresent(stage -> lanes.loadFirst(first, places.at(stage), count, Storage.FLOATS));
            for (int line = 0; line < form.tile().lines(); line++) {
                for (int pixel = 0; pixel < segment.pixels(); pixel++) {
                    if (bias.isPresent()) {
                        lanes.move(sum(line, pixel, vector), first);
                    } else {
                        lanes.zero(sum(line, pixel, vector));
                    }
                }
            }
        }
    }

    /// Adds what a row of the image gives.
    ///
    /// @param place of the row, from the first window's first one
    /// @param lines the tile's rows whose windows it is in, and at which position
    private void row(Segment segment, int plane, int place, List<Meeting> lines, int vectors, int lastLanes) {
        var outside = new Label("outside");
        a.emit(MOV, Gpr.RAX, Mem.at(Gpr.R9, (plane * form.depthStep() + place) * Long.BYTES));
        a.emit(TEST, Gpr.RAX, Gpr.RAX);
        a.emit(JE, outside);
        a.emit(ADD, Gpr.RAX, Gpr.R8);
        if (holdsWeights) {
            for (int line = 0; line < lines.size(); line++) {
                for (int column = 0; column < form.width().count(); column++) {
                    for (int vector = 0; vector < vectors; vector++) {
                        var packed = packed(plane, lines.get(line).position(), column, vectors, vector);
                        lanes.load(weight(line, column, vector), packed);
                    }
                }
            }
        }
        for (int column = segment.first(); column < segment.end(); column++) {
            var pixels = form.width().meetings(column, segment.pixels());
            for (int vector = 0; !pixels.isEmpty() && vector < vectors; vector++) {
                int bytes = form.image().bytes();
                int at = column * form.pixelBytes() + vector * unit.lanes() * bytes;
                int count = vector < vectors - 1 ? unit.lanes() : lastLanes;
                lanes.loadFirst(input(), Mem.at(Gpr.RAX, Gpr.RCX, bytes, at), count, form.image());
                for (int line = 0; line < lines.size(); line++) {
                    for (var pixel : pixels) {
                        Operand weight = holdsWeights
                                ? weight(line, pixel.position(), vector)
                                : packed(plane, lines.get(line).position(), pixel.position(), vectors, vector);
                        var sum = sum(lines.get(line).window(), pixel.window(), vector);
                        lanes.accumulate(sum, input(), weight);
                    }
                }
            }
        }
        a.bind(outside);
    }

    private Mem packed(int plane, int row, int column, int vectors, int vector) {
        int tap = (plane * form.height().count() + row) * form.width().count() + column;
        return Mem.at(Gpr.RDX, (tap * vectors + vector) * unit.bytes());
    }

    private OperandPlaces operands(int line, int pixel, int vector, int count) {
        int column = vector * unit.bytes();
        int full = resultAt(line, pixel) * Float.BYTES + column;
        return new OperandPlaces(form.stages(), Gpr.RCX, Float.BYTES, full, Gpr.RCX, column, count);
    }

    /// Elements from a tile's first result to another one.
    private int resultAt(int line, int pixel) {
        return line * form.outputLine() + pixel * form.outputStep();
    }

    private List<StageCode.Part> results(int line, int pixel, int vectors, int lastLanes) {
        var parts = new ArrayList<StageCode.Part>();
        for (int vector = 0; vector < vectors; vector++) {
            int count = vector < vectors - 1 ? unit.lanes() : lastLanes;
            var x = sum(line, pixel, vector);
            var place = result(line, pixel, vector);
            var places = operands(line, pixel, vector, count);
            parts.add(free -> {
                StageCode.write(lanes, stages, x, free, places);
                if (!isInParts()) {
                    lanes.storeFirst(place, x, count, form.result(), free.getFirst());
                }
            });
        }
        return parts;
    }

    private Mem result(int line, int pixel, int vector) {
        int shift = (resultAt(line, pixel) + vector * unit.lanes()) * form.resultBytes();
        return Mem.at(Gpr.RBX, Gpr.RCX, form.resultBytes(), shift);
    }

    private void integers(SumResult kind, int line, int pixel, int vectors, int lastLanes, List<Vec> free) {
        var code = new SumCode(kind, stages, true);
        boolean pair = vectors == 2 && lastLanes == unit.lanes() && code.storesPairs();
        for (int vector = 0; vector < vectors; vector++) {
            int count = vector < vectors - 1 ? unit.lanes() : lastLanes;
            var x = sum(line, pixel, vector);
            code.write(lanes, x, free, operands(line, pixel, vector, count));
            if (!pair) {
                code.store(lanes, result(line, pixel, vector), x, count, free.getFirst());
            }
        }
        if (pair) {
            var place = result(line, pixel, 0);
            code.storePair(lanes, place, sum(line, pixel, 0), sum(line, pixel, 1), free.getFirst());
        }
    }
}
