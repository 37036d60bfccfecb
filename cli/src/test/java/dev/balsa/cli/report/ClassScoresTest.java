package dev.balsa.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ClassScoresTest {
    @Test
    void sharesOfLogitsAreTheirSoftmax() {
        var row = ClassScores.of(Tensor.of(new float[] {0, (float) Math.log(6), 0, 0, 0}, 1, 5))
                .getFirst();
        assertThat(row.softmax()).isTrue();
        assertThat(row.classes().getFirst().index()).isEqualTo(1);
        assertThat(row.classes().getFirst().share()).isCloseTo(0.6, within(1e-6));
    }

    @Test
    void sharesStayAsTheyAre() {
        var rows = ClassScores.of(Tensor.of(new float[] {0.25f, 0.75f, 1, 0}, 2, 2));
        assertThat(rows).hasSize(2).noneMatch(ClassScores::softmax);
        assertThat(rows.getFirst().classes().getFirst().share()).isEqualTo(0.75);
        assertThat(rows.getLast().classes().getFirst().index()).isZero();
    }

    @Test
    void picturesAndLabelsAreNoScores() {
        assertThat(ClassScores.of(Tensor.of(new float[12], 1, 3, 2, 2))).isEmpty();
        assertThat(ClassScores.of(Tensor.of(new long[] {1, 2}, 1, 2))).isEmpty();
        assertThat(ClassScores.of(Tensor.of(new float[] {1}, 1, 1))).isEmpty();
        assertThat(ClassScores.of(Tensor.of(new float[] {3, 4, 2}, 1, 3))).isEmpty();
    }

    @Test
    void trailingDimensionsOfOneAreLookedThrough() {
        assertThat(ClassScores.of(Tensor.of(new float[] {1, 2, 3, 4, 5}, 1, 5, 1, 1)))
                .hasSize(1);
    }
}
