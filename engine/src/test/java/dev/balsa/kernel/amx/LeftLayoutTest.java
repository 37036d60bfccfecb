package dev.balsa.kernel.amx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.kernel.Storage;
import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.Sight;
import dev.balsa.kernel.tile.TileProduct;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which layout a product gets, and how it is divided.
class LeftLayoutTest {
    private static final AmxFamily FAMILY = new AmxFamily(3);
    private static final Workplace PLACE = new Workplace(2, 2 << 20);

    /// Square windows over a square image as large as they reach.
    private static TileProduct.Request windows(int size, int kernel, int stride, int channels, int columns) {
        return windows(size, kernel, stride, channels, columns, 0);
    }

    /// The same, with as many zeros behind each line as a window is wide.
    private static TileProduct.Request paddedLines(int size, int kernel, int stride, int channels, int columns) {
        return windows(size, kernel, stride, channels, columns, kernel);
    }

    private static TileProduct.Request windows(
            int size, int kernel, int stride, int channels, int columns, int padding) {
        int seen = (size - 1) * stride + kernel;
        int across = seen + padding;
        var lines = new ArrayList<Sight.Run>();
        for (int line = 0; line < seen; line++) {
            lines.add(new Sight.Run(
                    (long) line * across * channels, (long) line * seen * channels, (long) seen * channels));
        }
        var segments = new ArrayList<Depth.Segment>();
        for (int tap = 0; tap < kernel * kernel; tap++) {
            segments.add(new Depth.Segment(((long) tap / kernel * across + tap % kernel) * channels, channels));
        }
        var rows = RowPlaces.of(
                size * size, row -> ((long) row / size * stride * across + row % size * stride) * channels);
        return new TileProduct.Request(
                rows,
                new Depth(segments),
                0,
                columns,
                List.of(),
                RowPlaces.of(size * size, row -> row),
                48,
                Integer.MAX_VALUE,
                padding == 0 ? Sight.PLAIN : new Sight(lines));
    }

    private static LeftLayout layout(TileProduct.Request request) {
        return Bands.best(FAMILY, request, PLACE).layout();
    }

    static Stream<TileProduct.Request> requests() {
        return Stream.of(
                windows(56, 3, 1, 64, 64),
                windows(7, 3, 1, 512, 512),
                windows(112, 7, 2, 3, 64),
                paddedLines(112, 7, 2, 3, 64),
                paddedLines(20, 3, 2, 256, 512),
                paddedLines(7, 3, 3, 64, 64),
                windows(14, 1, 1, 256, 1024),
                windows(1, 1, 1, 32, 16));
    }

    @Test
    void isTheOneThatTakesLeast() {
        assertThat(layout(windows(56, 3, 1, 64, 64))).isInstanceOf(CellGrid.class);
        assertThat(layout(windows(112, 7, 2, 3, 64))).isInstanceOf(GatheredRows.class);
        assertThat(layout(paddedLines(112, 7, 2, 3, 64))).isInstanceOf(FlatRows.class);
        assertThat(layout(windows(28, 1, 1, 256, 1024))).isInstanceOf(RowsAhead.class);
        assertThat(layout(windows(14, 1, 2, 256, 512))).isInstanceOf(DenseRows.class);
    }

    /// Rows of 14 pixels in cells of 16: seven tiles hold seven rows of which the last is short, instead of one
    /// each.
    @Test
    void tilesGoOnOverTheEndsOfRows() {
        var tiles = layout(windows(14, 3, 1, 256, 256)).tiles();
        assertThat(tiles.count()).isEqualTo(14);
        var narrow = layout(windows(7, 3, 1, 512, 512)).tiles();
        assertThat(narrow.count()).isLessThanOrEqualTo(4);
    }

    /// Rows of 20 windows that step over two pixels, in heaps of 2x2 pixels, 23 from one line to the next: without
    /// that, each row would take two tiles.
    @Test
    void tilesGoOnOverTheEndsOfRowsOfStridedWindows() {
        var grid = CellGrid.of(paddedLines(20, 3, 2, 256, 512)).orElseThrow();
        assertThat(grid.tiles().count()).isBetween(25, 30);
        assertThat(grid.tiles().stride()).isEqualTo(4 * LeftLayout.pitch(256));
    }

    @Test
    void cellsThatWindowsStepOverLieTogether() {
        var order = new CellOrder(2, 5);
        var lines = LongStream.range(0, 20).map(order::position).boxed().toList();
        assertThat(lines.subList(0, 5)).containsExactly(0L, 1L, 4L, 5L, 8L);
        assertThat(lines.subList(5, 10)).containsExactly(2L, 3L, 6L, 7L, 10L);
        assertThat(lines.subList(10, 15)).containsExactly(12L, 13L, 16L, 17L, 20L);
    }

    /// A panel takes 1.2 MB, as many rows of the image as are worth reading it for some more.
    @Test
    void deepProductsAreMadeInSections() {
        assertThat(Bands.best(FAMILY, windows(32, 3, 1, 1024, 512), PLACE).sections())
                .isGreaterThan(1);
        assertThat(Bands.best(FAMILY, windows(56, 3, 1, 64, 64), PLACE).sections())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void everyRowIsInOneTile(TileProduct.Request request) {
        var tiles = layout(request).tiles();
        var seen = new BitSet();
        for (int tile = 0; tile < tiles.count(); tile++) {
            for (int position = 0; position < Tiles.ROWS; position++) {
                int row = tiles.row(tile, position);
                assertThat(row == RowTiles.NONE || !seen.get(row)).isTrue();
                if (row != RowTiles.NONE) {
                    seen.set(row);
                }
            }
        }
        assertThat(seen.cardinality()).isEqualTo(request.rows().count());
    }

    @ParameterizedTest
    @MethodSource("requests")
    void bandsFitTheirMemory(TileProduct.Request request) {
        var layout = layout(request);
        long memory = 1 << 18;
        int panels = AmxPanels.count(request.columns());
        for (int workers : new int[] {1, 8, 48}) {
            var bands = Bands.of(FAMILY, Storage.FLOATS, layout, panels, new Workplace(workers, 2 * memory));
            assertThat(bands.start(0)).isZero();
            assertThat(bands.start(bands.count())).isEqualTo(layout.tiles().count());
            assertThat(bands.panelParts()).isBetween(1, panels);
            for (int band = 0; band < bands.count(); band++) {
                int from = bands.start(band);
                int to = bands.start(band + 1);
                assertThat(to).isGreaterThan(from);
                long bytes = (layout.planeBytes(from, to) + layout.flatBytes(from, to)) * FAMILY.parts();
                assertThat(to - from <= 2 || bytes <= memory * bands.sections()).isTrue();
            }
        }
    }
}
