package dev.balsa.plan.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTunerTest {
    @TempDir
    Path folder;

    private int measured;

    private FileTuner tuner(boolean measures) {
        return new FileTuner(new ChoiceFile(folder.resolve("kernels.txt")), measures);
    }

    private Supplier<Optional<List<Double>>> trial(Double... times) {
        return () -> {
            measured++;
            return Optional.of(List.of(times));
        };
    }

    @Test
    void measuresWhatIsMissingOnceAndKeepsIt() {
        var first = tuner(true);
        var fresh = new Tuner.Times(List.of(2.0, 1.0), true);
        assertThat(first.times("conv", List.of("a", "b"), trial(2.0, 1.0))).contains(fresh);
        assertThat(first.times("conv", List.of("a", "b"), trial(9.0, 9.0))).contains(fresh);
        first.save();
        assertThat(measured).isEqualTo(1);

        var cached = new Tuner.Times(List.of(1.0, 2.0), false);
        assertThat(first.times("conv", List.of("b", "a"), trial(9.0, 9.0))).contains(cached);
        assertThat(tuner(true).times("conv", List.of("b", "a"), trial(9.0, 9.0)))
                .contains(cached);
        assertThat(tuner(false).times("conv", List.of("b", "a"), trial(9.0, 9.0)))
                .contains(cached);
        assertThat(measured).isEqualTo(1);
    }

    @Test
    void measuresAnewWhenThereIsAnotherKernel() {
        var tuner = tuner(true);
        tuner.times("conv", List.of("a", "b"), trial(2.0, 1.0));
        tuner.times("conv", List.of("a", "c"), trial(2.0, 3.0));
        assertThat(measured).isEqualTo(2);
    }

    @Test
    void measuresNothingIfNotAllowedTo() {
        var tuner = tuner(false);
        assertThat(tuner.times("conv", List.of("a", "b"), trial(2.0, 1.0))).isEmpty();
        tuner.save();
        assertThat(measured).isZero();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void keepsNothingThatCouldNotBeMeasured() {
        var tuner = tuner(true);
        assertThat(tuner.times("conv", List.of("a", "b"), Optional::empty)).isEmpty();
        tuner.save();
        assertThat(folder).isEmptyDirectory();
    }
}
