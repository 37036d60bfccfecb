package dev.balsa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.balsa.cpu.Cpu;
import dev.balsa.cpu.Isa;
import dev.balsa.error.BalsaException;
import dev.balsa.error.ResourceException;
import dev.balsa.error.ShapeException;
import dev.balsa.error.UnsupportedException;
import dev.balsa.onnx.SharedFiles;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The public interface, on a small network of convolutions for digits (input `Input3`, float32 1x1x28x28).
@Timeout(120)
class ModelTest {
    private static final String INPUT = "Input3";
    private static final String OUTPUT = "Plus214_Output_0";

    private static Path file() {
        return SharedFiles.find("real-models/digits-mnist-cntk/model.onnx");
    }

    private static Model load(int threads, int streams) {
        return Model.load(file(), Options.defaults().withThreads(threads).withStreams(streams));
    }

    private static Tensor image(long seed) {
        return filled(Tensor.allocate(DataType.FLOAT32, Shape.of(1, 1, 28, 28)), seed);
    }

    private static Tensor filled(Tensor image, long seed) {
        var random = new Random(seed);
        for (long i = 0; i < image.size(); i++) {
            image.setDouble(i, random.nextInt(256));
        }
        return image;
    }

    private static float[] digits(Model model, Tensor image) {
        try (var outputs = model.run(Map.of(INPUT, image))) {
            return outputs.get(OUTPUT).toFloatArray();
        }
    }

    @Test
    void givesWhatTheModelsAuthorsGot() {
        var folder = file().resolveSibling("test_data_set_0");
        try (var arena = Arena.ofConfined();
                var model = load(2, 1)) {
            var input = TensorFiles.readProto(folder.resolve("input_0.pb"), arena);
            var expected =
                    TensorFiles.readProto(folder.resolve("output_0.pb"), arena).toFloatArray();
            var found = digits(model, input);
            for (int i = 0; i < expected.length; i++) {
                assertThat(found[i]).isCloseTo(expected[i], within(0.1F));
            }
        }
    }

    @Test
    void tellsHowExactItIs() {
        var inputs = Map.of(INPUT, image(1));
        try (var model = load(2, 1);
                var outputs = model.run(inputs)) {
            var exact = model.runInDoubles(inputs);
            assertThat(exact).hasSize(1);
            assertThat(exact.getFirst().type()).isEqualTo(DataType.FLOAT64);
            var deviation = Deviation.of(outputs.get(OUTPUT), exact.getFirst());
            assertThat(deviation.relative()).isPositive().isLessThan(1e-5);
            var steps = model.stepErrors(inputs);
            assertThat(steps).hasSizeGreaterThan(3);
            assertThat(steps)
                    .allSatisfy(step -> assertThat(step.error().relative())
                            .as(step.toString())
                            .isLessThan(2e-5));
            assertThat(model.run(inputs).get(OUTPUT).contentEquals(outputs.get(OUTPUT)))
                    .isTrue();
        }
    }

    @Test
    void preparesForShapesThatFit() {
        try (var model = load(2, 2)) {
            model.prepare(Map.of());
            model.prepare(Map.of(INPUT, Shape.of(1, 1, 28, 28)));
            assertThat(digits(model, image(1))).hasSize(10);
            assertThatThrownBy(() -> model.prepare(Map.of(INPUT, Shape.of(1, 1, 28, 27))))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("\"Input3\" does not fit");
            assertThatThrownBy(() -> model.prepare(Map.of("other", Shape.of(1))))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("unknown inputs among [other]");
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "2, 2", "4, 2", "1, 3"})
    void givesTheSameBitsToEveryThread(int threads, int streams) throws Exception {
        try (var model = load(threads, streams);
                var callers = Executors.newFixedThreadPool(4)) {
            var images = new ArrayList<Tensor>();
            var expected = new ArrayList<float[]>();
            for (int i = 0; i < 4; i++) {
                images.add(image(i));
                expected.add(digits(model, images.get(i)));
            }
            var done = new ArrayList<Future<?>>();
            for (int caller = 0; caller < 4; caller++) {
                int own = caller;
                done.add(callers.submit(() -> {
                    for (int run = 0; run < 50; run++) {
                        int which = (own + run) % 4;
                        assertThat(digits(model, images.get(which))).isEqualTo(expected.get(which));
                    }
                }));
            }
            for (var each : done) {
                each.get();
            }
        }
    }

    @Test
    void takesInputsOfAnyArena() {
        var expected = new float[2][];
        try (var model = load(4, 1)) {
            for (int i = 0; i < 2; i++) {
                expected[i] = digits(model, image(i));
            }
            for (int round = 0; round < 20; round++) {
                try (var confined = Arena.ofConfined();
                        var shared = Arena.ofShared()) {
                    var arena = round % 3 == 0 ? shared : confined;
                    var tensor = Tensor.allocate(DataType.FLOAT32, Shape.of(1, 1, 28, 28), arena);
                    assertThat(digits(model, filled(tensor, round % 2))).isEqualTo(expected[round % 2]);
                }
            }
        }
    }

    @Test
    void outputsOutliveLaterRunsAndTheModel() {
        Outputs kept;
        float[] first;
        try (var model = load(1, 1)) {
            kept = model.run(Map.of(INPUT, image(1)));
            first = kept.get(0).toFloatArray();
            for (int i = 0; i < 20; i++) {
                assertThat(digits(model, image(2))).isNotEqualTo(first);
            }
        }
        assertThat(kept.get(OUTPUT).toFloatArray()).isEqualTo(first);
        kept.close();
        kept.close();
        assertThat(kept.size()).isEqualTo(1);
        assertThatThrownBy(() -> kept.get(0))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void outputsClosedTwiceAreNotHandedOutTwice() {
        try (var model = load(1, 1)) {
            var closed = model.run(Map.of(INPUT, image(1)));
            closed.close();
            closed.close();
            var one = model.run(Map.of(INPUT, image(1)));
            var other = model.run(Map.of(INPUT, image(2)));
            assertThat(one.get(0).memory().address())
                    .isNotEqualTo(other.get(0).memory().address());
        }
    }

    @Test
    void closingWaitsForRunsAndEndsThoseThatWait() throws Exception {
        for (int round = 0; round < 10; round++) {
            var model = load(2, 1);
            var expected = digits(model, image(7));
            var started = new CountDownLatch(3);
            try (var callers = Executors.newFixedThreadPool(3)) {
                var done = new ArrayList<Future<Integer>>();
                for (int caller = 0; caller < 3; caller++) {
                    done.add(callers.submit(() -> runUntilClosed(model, expected, started)));
                }
                assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();
                model.close();
                model.close();
                for (var each : done) {
                    assertThat(each.get()).isPositive();
                }
            }
        }
    }

    private static int runUntilClosed(Model model, float[] expected, CountDownLatch started) {
        int runs = 0;
        try {
            while (true) {
                assertThat(digits(model, image(7))).isEqualTo(expected);
                if (++runs == 1) {
                    started.countDown();
                }
            }
        } catch (ResourceException e) {
            assertThat(e).hasMessageContaining("closed");
            return runs;
        }
    }

    @Test
    void saysThatItIsClosed() {
        var model = load(1, 1);
        model.close();
        assertThatThrownBy(() -> model.run(Map.of(INPUT, image(1))))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("is closed; load it again");
        assertThatThrownBy(() -> model.profile(Map.of(INPUT, image(1)))).isInstanceOf(ResourceException.class);
        assertThatCode(model::close).doesNotThrowAnyException();
    }

    @Test
    void saysWhatIsWrongWithInputs() {
        try (var model = load(1, 1)) {
            assertThatThrownBy(() -> model.run(Map.of()))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("\"Input3\" is missing")
                    .hasMessageContaining("float32 [1, 1, 28, 28]");
            assertThatThrownBy(() -> model.run(Map.of(INPUT, image(1), "mask", image(1))))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("mask")
                    .hasMessageContaining(INPUT);
            var doubles = Tensor.allocate(DataType.FLOAT64, Shape.of(1, 1, 28, 28));
            assertThatThrownBy(() -> model.run(Map.of(INPUT, doubles)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("expected Input3: float32 [1, 1, 28, 28]")
                    .hasMessageContaining("float64 1x1x28x28");
            for (var shape :
                    List.of(Shape.of(1, 1, 28, 27), Shape.of(28, 28), Shape.of(0, 1, 28, 28), Shape.scalar())) {
                var tensor = Tensor.allocate(DataType.FLOAT32, shape);
                assertThatThrownBy(() -> model.run(Map.of(INPUT, tensor)))
                        .isInstanceOf(ShapeException.class)
                        .hasMessageContaining("found float32 " + shape);
            }
            assertThat(digits(model, image(1))).hasSize(10);
        }
    }

    @Test
    void saysWhatIsWrongWithOutputsAndOptions() {
        try (var model = load(1, 1);
                var outputs = model.run(Map.of(INPUT, image(1)))) {
            assertThatThrownBy(() -> outputs.get("nothing"))
                    .isInstanceOf(BalsaException.class)
                    .hasMessageContaining("nothing")
                    .hasMessageContaining(OUTPUT);
        }
        assertThatThrownBy(() -> Options.defaults().withThreads(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Options.defaults().withStreams(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Model.load(Path.of("no-such-model.onnx")))
                .isInstanceOf(BalsaException.class)
                .hasMessageContaining("no-such-model.onnx");
    }

    @Test
    void saysThatTheProcessorLacksALevel() {
        var lacking = Isa.all().stream()
                .filter(isa -> !Cpu.current().missing(isa).isEmpty())
                .toList();
        assumeFalse(lacking.isEmpty(), "skipped: the processor has all levels");
        for (var isa : lacking) {
            assertThatThrownBy(() -> Model.load(file(), Options.defaults().withIsa(isa)))
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining(isa.label());
        }
    }

    @Test
    void interruptedCallersStopWaiting() throws Exception {
        try (var model = load(1, 1)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> model.run(Map.of(INPUT, image(1))))
                    .isInstanceOf(ResourceException.class)
                    .hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(digits(model, image(1))).hasSize(10);
        }
    }

    @Test
    void profilesEveryStepInOrder() {
        try (var model = load(2, 1)) {
            var steps = model.profile(Map.of(INPUT, image(1)));
            assertThat(steps).extracting(StepTime::operator).anyMatch(name -> name.startsWith("Conv"));
            assertThat(steps).allSatisfy(step -> assertThat(step.nanos()).isNotNegative());
            assertThat(steps).extracting(StepTime::startNanos).isSorted();
        }
    }
}
