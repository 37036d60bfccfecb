package dev.balsa.kernel.amx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.TileProduct;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which layout a product gets, and how it is divided.
class LeftLayoutTest {
    private static final AmxFamily FAMILY = new AmxFamily(3);

    /// Square windows over a square image as large as they reach.
    private static TileProduct.Request windows(int size, int kernel, int stride, int channels, int columns) {
        int across = (size - 1) * stride + kernel;
        var segments = new ArrayList<Depth.Segment>();
        for (int tap = 0; tap < kernel * kernel; tap++) {
            segments.add(new Depth.Segment(((long) tap / kernel * across + tap % kernel) * channels, channels));
        }
        var rows = RowPlaces.of(
                size * size, row -> ((long) row / size * stride * across + row % size * stride) * channels);
        return new TileProduct.Request(
                rows, new Depth(segments), 0, columns, List.of(), RowPlaces.of(size * size, row -> row), 48);
    }

    static Stream<TileProduct.Request> requests() {
        return Stream.of(
                windows(56, 3, 1, 64, 64),
                windows(7, 3, 1, 512, 512),
                windows(112, 7, 2, 3, 64),
                windows(14, 1, 1, 256, 1024),
                windows(1, 1, 1, 32, 16));
    }

    @Test
    void isTheOneThatTakesLeast() {
        assertThat(LeftLayout.best(FAMILY, windows(56, 3, 1, 64, 64))).isInstanceOf(CellGrid.class);
        assertThat(LeftLayout.best(FAMILY, windows(112, 7, 2, 3, 64))).isInstanceOf(GatheredRows.class);
        assertThat(LeftLayout.best(FAMILY, windows(14, 1, 1, 256, 1024))).isInstanceOf(DenseRows.class);
        assertThat(LeftLayout.best(FAMILY, windows(14, 1, 2, 256, 512))).isInstanceOf(DenseRows.class);
    }

    /// Rows of 14 pixels in cells of 16: seven tiles hold seven rows of which the last is short, instead of one
    /// each.
    @Test
    void tilesGoOnOverTheEndsOfRows() {
        var tiles = LeftLayout.best(FAMILY, windows(14, 3, 1, 256, 256)).tiles();
        assertThat(tiles.count()).isEqualTo(14);
        var narrow = LeftLayout.best(FAMILY, windows(7, 3, 1, 512, 512)).tiles();
        assertThat(narrow.count()).isLessThanOrEqualTo(4);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void everyRowIsInOneTile(TileProduct.Request request) {
        var tiles = LeftLayout.best(FAMILY, request).tiles();
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
    void bandsFitTheirMemoryAndAreEnough(TileProduct.Request request) {
        var layout = LeftLayout.best(FAMILY, request);
        long memory = 1 << 18;
        int panels = Math.ceilDiv(request.columns(), 32);
        for (int wanted : new int[] {1, 8, 48}) {
            var bands = Bands.of(FAMILY, layout, panels, memory, wanted);
            assertThat(bands.start(0)).isZero();
            assertThat(bands.start(bands.count())).isEqualTo(layout.tiles().count());
            assertThat(bands.panelParts()).isBetween(1, panels);
            for (int band = 0; band < bands.count(); band++) {
                int from = bands.start(band);
                int to = bands.start(band + 1);
                assertThat(to).isGreaterThan(from);
                long bytes = (layout.planeBytes(from, to) + layout.flatBytes(from, to)) * FAMILY.parts();
                assertThat(to - from <= 2 || bytes <= memory).isTrue();
            }
        }
    }
}
