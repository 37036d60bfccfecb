package dev.balsa.cli.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.cpu.PeakRates;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class RooflineTest {
    /// 100 GFLOP/s and 20 GB/s.
    private static final PeakRates PEAK = new PeakRates(100e9, 20e9);

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
    void hasTheLowerOfBothRoofs() {
        assertThat(roofline.ridge()).isEqualTo(5);
        assertThat(roofline.roof(0.5)).isEqualTo(10);
        assertThat(roofline.roof(5)).isEqualTo(100);
        assertThat(roofline.roof(50)).isEqualTo(100);
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
