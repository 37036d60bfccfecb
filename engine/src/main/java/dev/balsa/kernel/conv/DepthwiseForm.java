package dev.balsa.kernel.conv;

import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.SumResult;
import dev.balsa.kernel.code.VectorUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the code of a depthwise convolution depends on.
///
/// @param tile what is summed up at once
/// @param segments the tiles of an output row, in order
/// @param channels that are made
/// @param depth rows of the window that lie in other planes of the image, 1 if it has two dimensions
/// @param depthStep entries of the table of rows from a plane to the next
/// @param height how windows move down the image
/// @param width how they move along a row
/// @param pixelBytes from a pixel of the image to the next
/// @param outputStep elements from an output pixel to the next
/// @param outputLine elements from an output row to the next
/// @param stages of the epilogue
/// @param image how the image is stored; not [Storage#PARTS]
/// @param result how the output is stored, if it is no integers; in parts only with whole tiles of two vectors
/// @param integers what becomes of sums that are integers
/// @param hasMeans whether the means of output rows are made, too
record DepthwiseForm(
        VectorUnit unit,
        Tile tile,
        List<Segment> segments,
        int channels,
        int depth,
        int depthStep,
        Taps height,
        Taps width,
        int pixelBytes,
        int outputStep,
        int outputLine,
        List<Stage> stages,
        Storage image,
        Storage result,
        Optional<SumResult> integers,
        boolean hasMeans) {
    /// How many sums leave enough registers for the weights of a row or two of a window, by units with 32 registers and
    /// with 16.
    private static final int MANY_SUMS = 16;
    private static final int FEW_SUMS = 8;
    /// The most pixels of a row that a tile has: what they share does not grow much any more.
    private static final int MOST_PIXELS = 8;
    /// The most multiply-adds of a tile: some kilobytes of code.
    private static final int MOST_STEPS = 1024;

    /// What is summed up at once: neighbouring pixels of neighbouring output rows, by vectors of channels.
    record Tile(int lines, int pixels, int vectors) {
        /// The largest tile of a unit for a window.
        ///
        /// @param taps positions of the window in all
        /// @param vectors as many as are made together
        static Tile of(VectorUnit unit, Taps height, Taps width, int taps, int vectors) {
            int sums = unit.registers() == 32 ? MANY_SUMS : FEW_SUMS;
            int weights = unit.registers() - sums - 1;
            boolean shares = height.stride < height.reach();
            boolean fits = 2 * width.count * vectors <= weights && taps * sums <= MOST_STEPS;
            int lines = shares && fits ? 2 : 1;
            return new Tile(lines, Math.min(MOST_PIXELS, sums / (lines * vectors)), vectors);
        }

        /// The same for one row alone.
        Tile single() {
            return new Tile(1, pixels, vectors);
        }
    }

    /// Equal tiles that follow each other in a row.
    ///
    /// @param pixels of a tile
    /// @param tiles how many
    /// @param first the first column of what a tile's windows span that is in the image
    /// @param end the column behind the last one; not above `first` where there is none
    record Segment(int pixels, int tiles, int first, int end) {
        /// The segments of an output row, as equal as they can be.
        ///
        /// @param most pixels of a tile
        static List<Segment> of(Axis width, int most) {
            int tiles = Math.ceilDiv(width.output(), most);
            int fewer = width.output() / tiles;
            int more = width.output() % tiles;
            var segments = new ArrayList<Segment>();
            int at = 0;
            for (int tile = 0; tile < tiles; tile++) {
                int pixels = tile < more ? fewer + 1 : fewer;
                int span = (pixels - 1) * width.stride() + (width.kernel() - 1) * width.dilation() + 1;
                int start = width.at(at, 0);
                int first = Math.clamp(-start, 0, span);
                add(segments, pixels, first, Math.clamp(width.input() - start, first, span));
                at += pixels;
            }
            return segments;
        }

        private static void add(List<Segment> segments, int pixels, int first, int end) {
            int tiles = 1;
            if (!segments.isEmpty()) {
                var last = segments.getLast();
                if (last.pixels == pixels && last.first == first && last.end == end) {
                    segments.removeLast();
                    tiles += last.tiles;
                }
            }
            segments.add(new Segment(pixels, tiles, first, end));
        }
    }

    /// How windows move along a dimension.
    ///
    /// @param count positions of a window
    /// @param dilation from a position to the next
    /// @param stride from a window to the next
    record Taps(int count, int dilation, int stride) {
        static Taps of(Axis axis) {
            return new Taps(axis.kernel(), axis.dilation(), axis.stride());
        }

        /// From the first position to the one behind the last.
        int reach() {
            return (count - 1) * dilation + 1;
        }

        /// How far so many windows reach.
        int span(int windows) {
            return (windows - 1) * stride + reach();
        }

        /// The windows that meet a place, counted from the first one's beginning, and the position at which they do.
        List<Meeting> meetings(int place, int windows) {
            var meetings = new ArrayList<Meeting>();
            for (int window = 0; window < windows; window++) {
                int position = position(place, window);
                if (position >= 0) {
                    meetings.add(new Meeting(window, position));
                }
            }
            return meetings;
        }

        private int position(int place, int window) {
            int behind = place - window * stride;
            return behind >= 0 && behind % dilation == 0 && behind / dilation < count ? behind / dilation : -1;
        }
    }

    /// A window's position lies at the place in question.
    record Meeting(int window, int position) {}

    /// Copies the lists.
    DepthwiseForm {
        segments = List.copyOf(segments);
        stages = List.copyOf(stages);
    }

    /// Names the routine; equal names are equal code.
    String name() {
        return unit.isa().label() + "_depthwise_f32 " + this;
    }

    /// The vectors of channels of each block, in order.
    List<Integer> blocks() {
        var blocks = new ArrayList<Integer>();
        int vectors = Math.ceilDiv(channels, unit.lanes());
        for (int left = vectors; left > 0; left -= tile.vectors) {
            blocks.add(Math.min(tile.vectors, left));
        }
        return blocks;
    }

    /// Positions of the window.
    int taps() {
        return depth * height.count * width.count;
    }

    /// Bytes of all channels' weights, packed.
    long packedBytes() {
        return (long) Math.ceilDiv(channels, unit.lanes()) * unit.bytes() * taps();
    }

    /// Pixels of an output row.
    int rowPixels() {
        return segments.stream()
                .mapToInt(segment -> segment.pixels * segment.tiles)
                .sum();
    }

    int resultBytes() {
        return integers.map(SumResult::bytes).orElse(result.bytes());
    }

    /// How many lanes of the last vector are channels.
    int lastLanes() {
        return channels - (Math.ceilDiv(channels, unit.lanes()) - 1) * unit.lanes();
    }

    /// The registers that hold a row's weights at least for a while.
    int weightRegisters() {
        int most = 0;
        for (int place = 0; place < height.span(tile.lines); place++) {
            most = Math.max(most, height.meetings(place, tile.lines).size());
        }
        return most * width.count * tile.vectors;
    }
}
