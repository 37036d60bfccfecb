package dev.balsa.onnx.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.Model;
import dev.balsa.Options;
import dev.balsa.cpu.Isa;
import dev.balsa.onnx.proto.OnnxWriter;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Decoders with com.microsoft GroupQueryAttention, whose caches have free places at their end in a session.
class GroupQuerySessionTest {
    private static final int LAYERS = 2;
    private static final int WORDS = 30;
    private static final int HEADS = 4;
    private static final int KEY_HEADS = 2;
    private static final int SIZE = 16;
    private static final int MOST_PLACES = 600;
    /// Of the largest result: sums of some dozens of products, in another order.
    private static final float TOLERANCE = 2e-5f;

    @TempDir
    Path folder;

    /// What is special about a model.
    private enum Variant {
        ROTARY,
        LOCAL_WINDOW,
        GIVEN_POSITIONS,
        /// Tokens have places by what the mask shows, counted from its end.
        MASKED_POSITIONS,
        /// Places are counted from the number of entries that there are.
        COUNTED_POSITIONS,
        /// The number of all entries is a factor.
        LENGTH_THAT_COUNTS;

        boolean staysInPlace() {
            return this == ROTARY || this == LOCAL_WINDOW || this == GIVEN_POSITIONS;
        }
    }

    private Path model(Variant variant) throws IOException {
        var network = Network.ofOpset(17, false);
        var ids = network.indices("input_ids", WORDS, "batch=1", "sequence=3");
        var mask = network.indices("attention_mask", 2, "batch=1", "total=7");
        var positions = switch (variant) {
            case GIVEN_POSITIONS -> network.indices("position_ids", MOST_PLACES, "batch=1", "sequence=3");
            case MASKED_POSITIONS -> masked(network, ids, mask);
            case COUNTED_POSITIONS -> counted(network, ids);
            default -> "";
        };
        var sums = network.op("ReduceSum", mask, network.integers(1))
                .with("keepdims", 1)
                .one();
        var last = cast(network, network.node("Sub", sums, network.integer(1)));
        var total = cast(network, network.length(mask, 1));
        var cosines = network.weight(1, MOST_PLACES, SIZE / 2);
        var sines = network.weight(1, MOST_PLACES, SIZE / 2);
        var x = network.node("Gather", network.weight(1, WORDS, HEADS * SIZE), ids);
        if (variant == Variant.LENGTH_THAT_COUNTS) {
            var length =
                    network.op("Cast", network.length(mask, 1)).with("to", 1).one();
            x = network.node("Mul", x, network.node("Reciprocal", length));
        }
        for (int layer = 0; layer < LAYERS; layer++) {
            var pastKey = network.input("past.key." + layer, "batch=1", "" + KEY_HEADS, "past=4", "" + SIZE);
            var pastValue = network.input("past.value." + layer, "batch=1", "" + KEY_HEADS, "past=4", "" + SIZE);
            var results = network.op(
                            "GroupQueryAttention",
                            product(network, x, HEADS),
                            product(network, x, KEY_HEADS),
                            product(network, x, KEY_HEADS),
                            pastKey,
                            pastValue,
                            last,
                            total,
                            cosines,
                            sines,
                            positions)
                    .domain("com.microsoft")
                    .with("num_heads", HEADS)
                    .with("kv_num_heads", KEY_HEADS)
                    .with("do_rotary", 1)
                    .with("local_window_size", variant == Variant.LOCAL_WINDOW ? 5 : -1)
                    .several(3);
            network.output(results.get(1), results.get(2));
            x = network.node("Add", x, product(network, results.get(0), HEADS));
        }
        network.output(network.node("MatMul", x, network.weight(HEADS * SIZE, HEADS * SIZE, WORDS)));
        var file = folder.resolve(variant + ".onnx");
        OnnxWriter.write(network.model(), file);
        return file;
    }

    private static String masked(Network network, String ids, String mask) {
        var sums = network.node("CumSum", mask, network.integer(1));
        var places = network.node("Sub", sums, network.integer(1));
        var length = network.node("Neg", network.shape(network.length(ids, 1)));
        return network.node("Slice", places, length, network.integers(Long.MAX_VALUE), network.integers(1));
    }

    private static String counted(Network network, String ids) {
        var first = network.length("past.key.0", 2);
        var end = network.node("Add", first, network.length(ids, 1));
        var places = network.unsqueeze(network.node("Range", first, end, network.integer(1)), 0);
        return network.node("Expand", places, network.node("Shape", ids));
    }

    private static String cast(Network network, String value) {
        return network.op("Cast", value).with("to", 6).one();
    }

    private static String product(Network network, String x, int heads) {
        return network.node("MatMul", x, network.weight(HEADS * SIZE, HEADS * SIZE, (long) heads * SIZE));
    }

    /// A model in a session and by itself, which must give the same.
    private static final class Both implements AutoCloseable {
        private final Model model;
        private final dev.balsa.Session session;
        private final int batch;
        private final Random random = new Random(3);
        private final Map<String, Tensor> past = new LinkedHashMap<>();
        private int length;

        Both(Model model, int batch) {
            this.model = model;
            this.batch = batch;
            session = model.newSession();
            forget();
        }

        private void forget() {
            for (int layer = 0; layer < LAYERS; layer++) {
                for (var name : new String[] {"past.key.", "past.value."}) {
                    past.put(name + layer, Tensor.allocate(DataType.FLOAT32, Shape.of(batch, KEY_HEADS, 0, SIZE)));
                }
            }
            length = 0;
        }

        void add(int added) {
            var inputs = new LinkedHashMap<String, Tensor>();
            var ids = Tensor.allocate(DataType.INT64, Shape.of(batch, added));
            var positions = Tensor.allocate(DataType.INT64, Shape.of(batch, added));
            for (int i = 0; i < ids.size(); i++) {
                ids.setLong(i, random.nextInt(WORDS));
                positions.setLong(i, length + i % added);
            }
            var mask = Tensor.allocate(DataType.INT64, Shape.of(batch, (long) length + added));
            for (int i = 0; i < mask.size(); i++) {
                mask.setLong(i, 1);
            }
            inputs.put("input_ids", ids);
            inputs.put("attention_mask", mask);
            if (model.inputs().stream().anyMatch(input -> input.name().equals("position_ids"))) {
                inputs.put("position_ids", positions);
            }
            var all = new LinkedHashMap<>(inputs);
            all.putAll(past);
            try (var expected = model.run(all);
                    var found = session.run(inputs)) {
                assertNear(found.get(0), expected.get(2 * LAYERS));
                int output = 0;
                for (int layer = 0; layer < LAYERS; layer++) {
                    past.put("past.key." + layer, copy(expected.get(output++)));
                    past.put("past.value." + layer, copy(expected.get(output++)));
                }
            }
            length += added;
            assertThat(session.length()).isEqualTo(length);
        }

        private static Tensor copy(Tensor tensor) {
            var copy = Tensor.allocate(tensor.type(), tensor.shape());
            copy.copyFrom(tensor);
            return copy;
        }

        private void assertNear(Tensor found, Tensor expected) {
            assertThat(found.shape()).isEqualTo(expected.shape());
            float largest = 1;
            for (int i = 0; i < expected.size(); i++) {
                largest = Math.max(largest, Math.abs(expected.getFloat(i)));
            }
            for (int i = 0; i < expected.size(); i++) {
                assertThat(found.getFloat(i))
                        .as("length %d, element %d", length, i)
                        .isCloseTo(expected.getFloat(i), within(TOLERANCE * largest));
            }
        }

        /// Again from nothing, in places where entries have been.
        void beginAgain() {
            session.truncate(0);
            forget();
        }

        @Override
        public void close() {
            session.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void givesWhatTheModelGives(Variant variant) throws IOException {
        for (var isa : new Isa[] {Isa.PORTABLE, Isa.best()}) {
            var options = Options.defaults()
                    .withPrecision(Precision.EXACT)
                    .withIsa(isa)
                    .withoutPlanFolder();
            try (var model = Model.load(model(variant), options)) {
                for (int batch = 1; batch < 3; batch++) {
                    try (var both = new Both(model, batch)) {
                        assertThat(both.session.isInPlace()).isEqualTo(variant.staysInPlace());
                        both.add(6);
                        for (int i = 0; i < 5; i++) {
                            both.add(1);
                        }
                        both.add(60);
                        both.add(1);
                        both.add(230);
                        both.add(2);
                        both.beginAgain();
                        both.add(3);
                        both.add(1);
                    }
                }
            }
        }
    }

    @Test
    void tellsWhatItHolds() throws IOException {
        try (var model = Model.load(model(Variant.ROTARY), Options.defaults().withoutPlanFolder());
                var session = model.newSession()) {
            assertThat(session.states()).hasSize(2 * LAYERS);
            assertThat(session.inputs())
                    .extracting(dev.balsa.TensorInfo::name)
                    .containsExactly("input_ids", "attention_mask");
            assertThat(session.outputs()).hasSize(1);
        }
    }
}
