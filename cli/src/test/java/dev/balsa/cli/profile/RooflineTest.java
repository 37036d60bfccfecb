package dev.balsa.cli.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.Roof;
import dev.balsa.cpu.PeakRates;
import dev.balsa.cpu.PeakUnit;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class RooflineTest {
    /// 100 GFLOP/s and 20 GB/s.
    private static final PeakRates PEAK = new PeakRates(Map.of(PeakUnit.FLOAT_VECTORS, 100e9), 20e9);
    /// With 1200 GFLOP/s by tiles of bfloat16, and 2400 by tiles of bytes.
    private static final PeakRates TILES = new PeakRates(
            Map.of(PeakUnit.FLOAT_VECTORS, 100e9, PeakUnit.BFLOAT16_TILES, 1200e9, PeakUnit.BYTE_TILES, 2400e9), 20e9);

    private final ProfiledRun run = MadeUpRun.small();
    private final Roofline roofline = Roofline.of(run, PEAK);

    @Test
    void hasAPointPerStepThatCountsOperations() {
        assertThat(roofline.points().stream().map(point -> point.step().step().node()))
                .containsExactly("conv", "dense");
        assertThat(roofline.points().stream().map(Roofline.Point::intensity)).containsExactly(4.0, 0.5);
        assertThat(roofline.points().stream().map(Roofline.Point::gflops)).containsExactly(40.0, 2.0);
        assertThat(roofline.shownShare()).isEqualTo(0.8);
    }

    @Test
    void hasTheRoofsOfVectorsAndMemory() {
        assertThat(roofline.ceilings()).containsExactly(new Roofline.Ceiling(Roof.VECTORS, 100));
        assertThat(roofline.lastRidge()).isEqualTo(5);
        assertThat(roofline.memoryRoof(0.5)).isEqualTo(10);
        assertThat(roofline.memoryRoof(5)).isEqualTo(100);
    }

    @Test
    void hasTheRoofsOfAllUnitsThatStepsUse() {
        var tiles = Roofline.of(MadeUpRun.ofTiles(), TILES);
        assertThat(tiles.ceilings())
                .containsExactly(
                        new Roofline.Ceiling(Roof.VECTORS, 100),
                        new Roofline.Ceiling(new Roof(PeakUnit.BFLOAT16_TILES, 3), 400),
                        new Roofline.Ceiling(new Roof(PeakUnit.BYTE_TILES, 1), 2400));
        assertThat(tiles.ridge(tiles.ceilings().get(1))).isEqualTo(20);
        assertThat(tiles.lastRidge()).isEqualTo(120);
        assertThat(tiles.y().largest()).isGreaterThan(2400);
        assertThat(tiles.points().stream().map(Roofline.Point::gflops)).containsExactly(40.0, 2.0);
    }

    @Test
    void drawsALineForEachRoof() {
        var picture = RooflinePicture.of(roofline, run, "title");
        assertThat(horizontalLines(picture)).isEqualTo(1);
        var tiles = MadeUpRun.ofTiles();
        var pictureOfTiles = RooflinePicture.of(Roofline.of(tiles, TILES), tiles, "title");
        assertThat(horizontalLines(pictureOfTiles)).isEqualTo(3);
    }

    /// How many lines in the color of roofs are longer than a letter.
    private static int horizontalLines(BufferedImage picture) {
        int lines = 0;
        boolean isInLine = false;
        for (int y = 0; y < picture.getHeight(); y++) {
            boolean hasLine = longestRun(picture, y) > 100;
            lines += hasLine && !isInLine ? 1 : 0;
            isInLine = hasLine;
        }
        return lines;
    }

    private static int longestRun(BufferedImage picture, int y) {
        int longest = 0;
        int length = 0;
        for (int x = 0; x < picture.getWidth(); x++) {
            length = new Color(picture.getRGB(x, y)).equals(RooflinePicture.ROOF) ? length + 1 : 0;
            longest = Math.max(longest, length);
        }
        return longest;
    }

    @Test
    void coversPointsAndRoofs() {
        assertThat(roofline.x()).isEqualTo(new Roofline.Span(0.2, 100));
        assertThat(roofline.y().least()).isEqualTo(1);
        assertThat(roofline.y().largest()).isEqualTo(200, within(1e-9));
    }

    @Test
    void roundsSpansOutwards() {
        var span = Roofline.Span.around(DoubleStream.of(0.07, 3));
        assertThat(span.least()).isEqualTo(0.05, within(1e-12));
        assertThat(span.largest()).isEqualTo(5, within(1e-9));
    }

    @Test
    void isDrawnInTheSizeThatIsSaid() {
        var picture = RooflinePicture.of(roofline, run, "title");
        assertThat(picture.getWidth()).isEqualTo(Canvas.SCALE * RooflinePicture.WIDTH);
        assertThat(picture.getHeight()).isEqualTo(Canvas.SCALE * RooflinePicture.HEIGHT);
    }

    @Test
    void isDrawnWithoutAnyPoint() {
        var nothing = ProfiledRun.of(List.of());
        assertThat(RooflinePicture.of(Roofline.of(nothing, PEAK), nothing, "nothing")
                        .getWidth())
                .isPositive();
    }

    @Test
    void isNamedAfterTheModelsFolderAndFile() {
        assertThat(new RunSetting(Path.of("models/resnet/model.onnx"), 2, "avx2").title())
                .isEqualTo(Path.of("resnet/model.onnx") + "  ·  2 threads  ·  avx2");
        assertThat(new RunSetting(Path.of("model.onnx"), 1, "portable").title())
                .isEqualTo("model.onnx  ·  1 thread  ·  portable");
    }
}
