package dev.balsa.plan.choice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Cache;
import dev.balsa.cpu.Caches;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Works that move a clock instead of taking time.
class TrialTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Caches CACHES = new Caches(List.of(new Cache(1, Cache.Kind.DATA, 100_000, 64, 8, 1)), false);

    private final AtomicLong clock = new AtomicLong();
    private final List<String> ran = new ArrayList<>();

    /// Takes its time, which every further run makes shorter or longer.
    private final class Slow implements Work {
        private final String name;
        private final long[] nanos;
        private int run;

        Slow(String name, long... nanos) {
            this.name = name;
            this.nanos = nanos;
        }

        @Override
        public int units(int phase) {
            return 1;
        }

        @Override
        public long sharedBytes() {
            return 100;
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            ran.add(name);
            clock.addAndGet(nanos[run++ % nanos.length]);
            for (long i = 0; i < 100; i++) {
                float value = frame.operand(0).getAtIndex(ValueLayout.JAVA_FLOAT, i);
                assertThat(value).isBetween(-0.5f, 0.5f);
                frame.operand(2).setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
            }
            assertThat(frame.operand(1).byteSize()).isEqualTo(8);
            assertThat(frame.shared().byteSize()).isGreaterThanOrEqualTo(100);
        }
    }

    private static Trial.Operand operand(DataType type, long size) {
        return new Trial.Operand(type, Shape.of(size), Optional.empty());
    }

    private static List<Trial.Operand> operands() {
        var constant = Optional.of(Arena.ofAuto().allocate(8, 4));
        return List.of(
                operand(DataType.FLOAT32, 100),
                new Trial.Operand(DataType.FLOAT32, Shape.of(2), constant),
                operand(DataType.FLOAT32, 100));
    }

    private Trial trial(long memory, long nanos) {
        return new Trial(clock::get, CACHES, 2, memory, SECOND, nanos);
    }

    @Test
    void tellsTheLeastTimeOfEach() {
        try (var trial = trial(1 << 20, 100 * SECOND)) {
            var works = List.<Work>of(new Slow("a", SECOND, 5 * SECOND), new Slow("b", 2 * SECOND, 3 * SECOND));
            assertThat(trial.seconds(List.of("a", "b"), works, operands())).contains(List.of(1.0, 2.0));
        }
    }

    @Test
    void takesTurnsAfterWarmingUp() {
        try (var trial = trial(1 << 20, 100 * SECOND)) {
            trial.seconds(List.of("a", "b"), List.of(new Slow("a", SECOND), new Slow("b", SECOND)), operands());
            assertThat(String.join("", ran)).isEqualTo("ab" + "ab" + "ababab");
            ran.clear();
            trial.seconds(List.of("b", "c"), List.of(new Slow("b", SECOND), new Slow("c", SECOND)), operands());
            assertThat(String.join("", ran)).isEqualTo("c" + "bc" + "bcbcbc");
        }
    }

    @Test
    void goesOnUntilTheLeastTimeCameTwice() {
        try (var trial = trial(1 << 20, 100 * SECOND)) {
            // Warming up and the first round take 9 seconds, which do not count.
            var slow = new Slow("a", 9 * SECOND, 9 * SECOND, SECOND / 2, 6 * SECOND / 10, 7 * SECOND / 10, SECOND / 2);
            assertThat(trial.seconds(List.of("a"), List.of(slow), operands())).contains(List.of(0.5));
            assertThat(ran).hasSize(6);
        }
    }

    @Test
    void endsWhenTimeIsUp() {
        try (var trial = trial(1 << 20, SECOND)) {
            var works = List.<Work>of(new Slow("a", SECOND));
            assertThat(trial.hasTime()).isTrue();
            assertThat(trial.seconds(List.of("a"), works, operands())).isPresent();
            assertThat(trial.hasTime()).isFalse();
            assertThat(trial.seconds(List.of("a"), works, operands())).isEmpty();
        }
    }

    @Test
    void leavesAloneWhatTakesTooMuchMemoryOrIsNotOfFloats() {
        try (var trial = trial(1 << 20, SECOND)) {
            var works = List.<Work>of(new Slow("a", SECOND));
            assertThat(trial.seconds(List.of("a"), works, List.of(operand(DataType.FLOAT32, 1 << 20))))
                    .isEmpty();
            assertThat(trial.seconds(List.of("a"), works, List.of(operand(DataType.INT64, 10))))
                    .isEmpty();
            assertThat(ran).isEmpty();
        }
    }
}
