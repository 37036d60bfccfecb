package dev.balsa.kernel.depthfirst;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Layers that are made piece by piece, each piece by one worker from the first layer to the last.
///
/// Operands: those from outside, the means of rows of the last layer's output, if it makes these, then that output,
/// which shares memory with none of them. A unit is a stripe of an image. A worker's scratch memory has what the layers
/// hand on, behind it what their works share, and their scratch memory. Rows that the next piece sees, too, come to the
/// beginning of what their layer hands on; so works find all rows that they look at one after the other.
public final class DepthFirstWork implements CodeWork {
    private static final long LINE = 64;

    /// Where an operand of a layer lies, for a piece.
    ///
    /// @param operand of this work, or [#OWN] for memory of the worker
    /// @param imageBytes from an image to the next; 0 for what is the same for all
    /// @param at bytes behind the image's beginning, or that of the worker's memory
    /// @param bytes how long it is; [#WHOLE] for all, [#IMAGE] for an image's equal part
    private record Source(int operand, long imageBytes, long at, long bytes) {
        private static final int OWN = -1;
        private static final long WHOLE = -1;
        private static final long IMAGE = -2;
    }

    private sealed interface Step {}

    /// A layer's part of a piece.
    private record Making(Work work, List<Source> operands) implements Step {
        Making {
            operands = List.copyOf(operands);
        }
    }

    /// Rows that stay. Where they are more than the rows before them, they move in several parts, none of which lies
    /// where it comes from.
    ///
    /// @param at where they come to in the worker's memory
    /// @param by how many bytes before
    private record Moving(long at, long by, long bytes) implements Step {}

    private final int images;
    private final List<List<Step>> stripes = new ArrayList<>();
    private final long ownBytes;
    private final long sharedBytes;
    private final long scratchBytes;

    /// Prepares the works of all pieces; equal ones once.
    ///
    /// @param divided such that all [Pieces#areSupported]
    public DepthFirstWork(Pieces divided) {
        images = divided.images();
        ownBytes = divided.bytes();
        var works = new HashMap<Object, Work>();
        var places = divided.places();
        for (int stripe = 0; stripe < divided.stripes(); stripe++) {
            var steps = new ArrayList<Step>();
            for (var parts : divided.parts(stripe).orElseThrow()) {
                addSteps(divided, places, parts, works, steps);
            }
            stripes.add(steps);
        }
        long shared = 0;
        long scratch = 0;
        for (var work : works.values()) {
            shared = Math.max(shared, work.sharedBytes());
            scratch = Math.max(scratch, work.workerBytes());
        }
        sharedBytes = Math.ceilDiv(shared, LINE) * LINE;
        scratchBytes = scratch;
    }

    private static void addSteps(
            Pieces divided,
            List<Pieces.Place> places,
            List<Pieces.Part> parts,
            Map<Object, Work> works,
            List<Step> steps) {
        for (int i = 0; i < divided.links().size(); i++) {
            var link = divided.links().get(i);
            var layer = link.layer();
            var part = parts.get(i);
            long rowBytes = layer.outputRowBytes();
            if (part.moved() > 0) {
                steps.add(new Moving(places.get(i).at(), part.moved() * rowBytes, part.staying() * rowBytes));
            }
            if (part.made().isEmpty()) {
                continue;
            }
            var rows = part.made().get();
            var sources = new ArrayList<Source>();
            for (int operand = 0; operand < link.operands().size(); operand++) {
                sources.add(source(divided, link, operand, parts, places, rows));
            }
            int output = divided.externals();
            if (layer.rowMeanBytes() > 0) {
                sources.add(rows(output++, layer.outputRows(), layer.rowMeanBytes(), rows));
            }
            sources.add(
                    i < places.size()
                            ? held(places.get(i), part, rows, rowBytes)
                            : rows(output, layer.outputRows(), layer.outputRowStep(), rows));
            var piece = layer.piece(rows);
            steps.add(new Making(works.computeIfAbsent(piece.key(), _ -> piece.prepare()), sources));
        }
    }

    /// Some of the rows that are there.
    private static Source held(Pieces.Place place, Pieces.Part part, RowRange rows, long rowBytes) {
        long before = (long) rows.from() - part.held().orElseThrow().from();
        return new Source(Source.OWN, 0, place.at() + before * rowBytes, rows.count() * rowBytes);
    }

    private static Source source(
            Pieces divided, Link link, int operand, List<Pieces.Part> parts, List<Pieces.Place> places, RowRange rows) {
        var layer = link.layer();
        int number = link.operands().get(operand);
        var seen = Pieces.seen(link, operand, rows);
        long rowBytes = layer.rowBytes(operand);
        int maker = number - divided.externals();
        if (maker >= 0) {
            return held(places.get(maker), parts.get(maker), seen, rowBytes);
        }
        if (operand == 0) {
            return rows(number, layer.inputRows(), layer.inputRowStep(), seen);
        }
        return switch (layer.extent(operand)) {
            case BY_ROW -> rows(number, layer.outputRows(), rowBytes, seen);
            case BY_IMAGE -> new Source(number, 0, 0, Source.IMAGE);
            case ONE -> new Source(number, 0, 0, Source.WHOLE);
        };
    }

    /// @param rowStep bytes from a row to the next
    private static Source rows(int operand, int all, long rowStep, RowRange rows) {
        return new Source(operand, all * rowStep, rows.from() * rowStep, rows.count() * rowStep);
    }

    @Override
    public int units(int phase) {
        return images * stripes.size();
    }

    @Override
    public long workerBytes() {
        return ownBytes + sharedBytes + scratchBytes;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        for (int unit = from; unit < to; unit++) {
            int image = unit / stripes.size();
            var steps = stripes.get(unit % stripes.size());
            for (int i = 0; i < steps.size(); i++) {
                switch (steps.get(i)) {
                    case Making making -> run(making, image, frame);
                    case Moving moving -> run(moving, frame.scratch());
                }
            }
        }
    }

    private static void run(Moving step, MemorySegment memory) {
        for (long done = 0; done < step.bytes; done += step.by) {
            long to = step.at + done;
            Effects.copy(memory, to + step.by, memory, to, Math.min(step.by, step.bytes - done));
        }
    }

    private void run(Making step, int image, Frame frame) {
        var memory = frame.scratch();
        var operands = new MemorySegment[step.operands.size()];
        for (int i = 0; i < operands.length; i++) {
            operands[i] = operand(step.operands.get(i), image, frame);
        }
        var inner = Frame.inside(
                operands,
                memory.asSlice(ownBytes, sharedBytes),
                memory.asSlice(ownBytes + sharedBytes, step.work.workerBytes()));
        for (int phase = 0; phase < step.work.phases(); phase++) {
            step.work.run(phase, 0, step.work.units(phase), inner);
        }
    }

    private MemorySegment operand(Source source, int image, Frame frame) {
        if (source.operand == Source.OWN) {
            return frame.scratch().asSlice(source.at, source.bytes);
        }
        var whole = frame.operand(source.operand);
        if (source.bytes == Source.WHOLE) {
            return whole;
        }
        if (source.bytes == Source.IMAGE) {
            long part = whole.byteSize() / images;
            return whole.asSlice(image * part, part);
        }
        long at = image * source.imageBytes + source.at;
        // Where pixels are apart, the last row ends with the last pixel.
        return whole.asSlice(at, Math.min(source.bytes, whole.byteSize() - at));
    }
}
