package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Caches;
import dev.balsa.cpu.Isa;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.KeyedRequest;
import dev.balsa.kernel.Machine;
import dev.balsa.kernel.Work;
import dev.balsa.plan.choice.Trial;
import dev.balsa.plan.choice.Tuner;
import dev.balsa.tensor.Precision;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// Choices among made-up kernels.
class KernelPickerTest {
    /// A millisecond takes a thousand multiply-adds.
    private static final Machine MACHINE = new Machine(1e6, 1e9, 1e9, 1e9, Caches.ASSUMED, 1);

    private static final double TURN = MACHINE.seconds(new Cost(0, 0, 0, 1));

    private record Request(String key) implements KeyedRequest {}

    private static final class Nothing implements Work {
        @Override
        public int units(int phase) {
            return 0;
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {}
    }

    /// A kernel that expects to take so many milliseconds; NaN if it expects nothing.
    private record Fake(String name, Isa isa, double millis, double megabytes, boolean supports)
            implements Kernel<Request> {
        Fake(String name, double millis) {
            this(name, millis, 0);
        }

        Fake(String name, double millis, double megabytes) {
            this(name, Isa.PORTABLE, millis, megabytes, true);
        }

        Fake(String name, Isa isa, double millis, boolean supports) {
            this(name, isa, millis, 0, supports);
        }

        @Override
        public KernelSpec spec() {
            return new KernelSpec(name, isa);
        }

        @Override
        public boolean supports(Request request) {
            return supports;
        }

        @Override
        public Cost cost(Request request, Machine machine) {
            double reading = megabytes * (1 << 20) / MACHINE.memoryBytes();
            return Double.isNaN(millis)
                    ? Cost.UNKNOWN
                    : new Cost(millis * 1e3 - (TURN + reading) * 1e6, 0, megabytes * (1 << 20), 1);
        }

        @Override
        public Work prepare(Request request, Constants constants) {
            return new Nothing();
        }
    }

    /// Knows times by kernel, in milliseconds.
    private record Known(Map<String, Double> millis, boolean fresh, List<String> asked) implements Tuner {
        @Override
        public Optional<Times> times(String key, List<String> kernels, Supplier<Optional<List<Double>>> measure) {
            asked.add(key + kernels);
            var seconds =
                    kernels.stream().map(kernel -> millis.get(kernel) / 1e3).toList();
            return Optional.of(new Times(seconds, fresh));
        }

        @Override
        public boolean measures() {
            return false;
        }

        @Override
        public void save() {}
    }

    private final List<String> asked = new ArrayList<>();

    private Optional<KernelChoice> pick(Tuner tuner, Fake... kernels) {
        try (var arena = Arena.ofShared();
                var constants = new ModelConstants(arena);
                var trial = new Trial(Caches.ASSUMED, 1, 0, 0, 0)) {
            var context = new PlanContext(Isa.AVX2, Precision.FAST, constants, 1000, 1, MACHINE, tuner, false);
            var picker = new KernelPicker(new GraphBuilder("g").build(List.of()), context, trial);
            return picker.pick(List.<Kernel<Request>>of(kernels), new Request("made-up 7"), List.of(), 5);
        }
    }

    private void assertChoice(Optional<KernelChoice> choice, String kernel, String reason) {
        assertThat(choice.map(KernelChoice::kernel)).contains(kernel);
        assertThat(choice.map(KernelChoice::reason)).contains(reason);
    }

    private Tuner known(Map<String, Double> millis, boolean fresh) {
        return new Known(millis, fresh, asked);
    }

    @Test
    void takesWhatTheLevelAndTheRequestAllow() {
        var high = new Fake("high", Isa.AVX512, 1, true);
        var refusing = new Fake("refusing", Isa.AVX2, 1, false);
        assertThat(pick(Tuner.OFF, high, refusing)).isEmpty();
        assertChoice(pick(Tuner.OFF, high, refusing, new Fake("only", 9)), "only", "only candidate");
    }

    @Test
    void takesTheFirstIfItExpectsNothing() {
        var choice = pick(Tuner.OFF, new Fake("first", Double.NaN), new Fake("second", 1));
        assertChoice(choice, "first", "first of its list");
    }

    @Test
    void takesTheFirstIfNoOtherExpectsAnything() {
        var choice = pick(Tuner.OFF, new Fake("first", 1), new Fake("second", Double.NaN));
        assertChoice(choice, "first", "first of its list");
    }

    @Test
    void takesTheLeastEstimate() {
        var choice =
                pick(Tuner.OFF, new Fake("a", 3), new Fake("b", 1), new Fake("c", Double.NaN), new Fake("d", 1.25));
        assertChoice(choice, "b", "estimate 1.00 ms, next 1.25 ms (d)");
    }

    @Test
    void takesTheEarlierOfEqualEstimates() {
        assertChoice(pick(Tuner.OFF, new Fake("a", 1), new Fake("b", 1)), "a", "estimate 1.00 ms, next 1.00 ms (b)");
    }

    @Test
    void takesAThirdMoreTimeWhereThatSavesMuchMemory() {
        var fast = new Fake("fast", 100, 64);
        assertChoice(pick(Tuner.OFF, fast, new Fake("small", 149, 31)), "small", "estimate 149 ms, next 100 ms (fast)");
        assertChoice(
                pick(Tuner.OFF, fast, new Fake("slow", 151, 31), new Fake("large", 149, 33)),
                "fast",
                "estimate 100 ms, next 149 ms (large)");
        assertChoice(
                pick(known(Map.of("fast", 2.0, "small", 2.5), false), fast, new Fake("small", 120, 31)),
                "small",
                "cached 2.50 ms, next 2.00 ms (fast)");
    }

    @Test
    void tellsTimesWithThreeDigits() {
        assertChoice(
                pick(Tuner.OFF, new Fake("a", 0.0123449), new Fake("b", 12345.6)),
                "a",
                "estimate 0.0123 ms, next 12346 ms (b)");
        assertChoice(
                pick(Tuner.OFF, new Fake("a", 9.996), new Fake("b", 99.96)),
                "a",
                "estimate 10.00 ms, next 100.0 ms (b)");
    }

    @Test
    void leavesItToEstimatesWhereMeasuredTimesAreTheSame() {
        var tuner = known(Map.of("a", 2.0, "b", 2.05), true);
        assertChoice(pick(tuner, new Fake("a", 1.1), new Fake("b", 1)), "b", "measured 2.05 ms, next 2.00 ms (a)");
    }

    @Test
    void asksTheTunerAboutCloseEstimates() {
        var tuner = known(Map.of("a", 2.0, "b", 1.5, "c", 0.1), true);
        var choice = pick(tuner, new Fake("a", 1), new Fake("b", 1.2), new Fake("c", 1.4));
        assertChoice(choice, "b", "measured 1.50 ms, next 2.00 ms (a)");
        assertThat(asked).containsExactly("made-up 7 avx2 fast threads 1[a, b]");
    }

    @Test
    void saysIfTimesWereKnown() {
        var tuner = known(Map.of("a", 2.0, "b", 1.5), false);
        assertChoice(pick(tuner, new Fake("a", 1), new Fake("b", 1.2)), "b", "cached 1.50 ms, next 2.00 ms (a)");
    }

    @Test
    void asksNobodyAboutClearEstimates() {
        var choice = pick(known(Map.of(), true), new Fake("a", 2), new Fake("b", 1));
        assertChoice(choice, "b", "estimate 1.00 ms, next 2.00 ms (a)");
        assertThat(asked).isEmpty();
    }

    @Test
    void goesByEstimatesWhereNothingCanBeMeasured() {
        // The trial has no time.
        var tuner = new Tuner() {
            @Override
            public Optional<Times> times(String key, List<String> kernels, Supplier<Optional<List<Double>>> measure) {
                return measure.get().map(times -> new Times(times, true));
            }

            @Override
            public boolean measures() {
                return true;
            }

            @Override
            public void save() {}
        };
        assertChoice(pick(tuner, new Fake("a", 1.2), new Fake("b", 1)), "b", "estimate 1.00 ms, next 1.20 ms (a)");
    }
}
