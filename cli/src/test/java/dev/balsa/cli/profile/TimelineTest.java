package dev.balsa.cli.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {
    @Test
    void hasARowPerKindLongestFirst() {
        var timeline = Timeline.of(MadeUpRun.small());
        assertThat(timeline.nanos()).isEqualTo(10_500);
        assertThat(timeline.rows().stream().map(row -> row.kind().name()))
                .containsExactly("Conv", "Gemm", "MaxPool", "Softmax");
        var product = timeline.rows().get(1);
        assertThat(product.kind().nanos()).isEqualTo(2_000);
        assertThat(product.bars()).singleElement().satisfies(bar -> {
            assertThat(bar.from()).isEqualTo(7_500);
            assertThat(bar.to()).isEqualTo(9_500);
        });
    }

    @Test
    void putsRareKindsTogether() {
        var kinds = StepKinds.of(MadeUpRun.ofOperators(11)).all();
        assertThat(kinds).hasSize(8);
        assertThat(kinds.getFirst().name()).isEqualTo("Operator0");
        assertThat(kinds.getLast().name()).isEqualTo(StepKinds.OTHERS);
        assertThat(kinds.getLast().nanos()).isEqualTo(993 + 992 + 991 + 990);
        assertThat(kinds.stream().map(StepKind::color)).doesNotHaveDuplicates();
    }

    @Test
    void leavesAKindAloneThatHasALookLeft() {
        assertThat(StepKinds.of(MadeUpRun.ofOperators(8)).all().stream().map(StepKind::name))
                .hasSize(8)
                .doesNotContain(StepKinds.OTHERS);
    }

    @Test
    void isDrawnAsHighAsItHasRows() {
        var run = MadeUpRun.small();
        var timeline = Timeline.of(run);
        var picture = TimelinePicture.of(timeline, run, "title");
        assertThat(picture.getWidth()).isEqualTo(Canvas.SCALE * TimelinePicture.WIDTH);
        assertThat(picture.getHeight()).isEqualTo(Canvas.SCALE * TimelinePicture.height(timeline));
        var nothing = ProfiledRun.of(List.of());
        assertThat(TimelinePicture.of(Timeline.of(nothing), nothing, "nothing").getWidth())
                .isPositive();
    }

    @Test
    void hasTicksAtRoundNumbers() {
        var axis = TimeAxis.of(2_340_000);
        assertThat(axis.unit()).isEqualTo("ms");
        assertThat(axis.step()).isEqualTo(0.5);
        assertThat(axis.ticks()).isEqualTo(5);
        assertThat(axis.label(3)).isEqualTo("1.5");
        assertThat(axis.at(4)).isEqualTo(2_000_000.0 / 2_340_000);
        assertThat(TimeAxis.of(10_500).label(2)).isEqualTo("4");
        assertThat(TimeAxis.of(10_500).unit()).isEqualTo("µs");
        assertThat(TimeAxis.of(0).ticks()).isPositive();
    }

    @Test
    void namesStepsByTheEndOfTheirNameOrTheirShape() {
        var steps = MadeUpRun.small().steps();
        assertThat(StepLabel.name(steps.get(0))).isEqualTo("conv");
        assertThat(StepLabel.name(steps.get(1))).isEqualTo("1×8×5×5");
        assertThat(StepLabel.time(1_254_000)).isEqualTo("1.25 ms");
        assertThat(StepLabel.time(87_000)).isEqualTo("87.0 µs");
    }
}
