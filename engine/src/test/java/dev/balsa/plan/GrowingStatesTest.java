package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.cpu.Isa;
import dev.balsa.error.ResourceException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Interpreter;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.rewrite.Pipelines;
import dev.balsa.rewrite.past.DecoderGraph;
import dev.balsa.run.Stream;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs that follow each other, compared with the plain evaluation of the graph as it is, on all that was before.
class GrowingStatesTest {
    private static final double TOLERANCE = 1e-5;
    private static final int STATES = 2;

    static java.util.stream.Stream<Isa> levels() {
        return java.util.stream.Stream.concat(java.util.stream.Stream.of(Isa.PORTABLE), CodeTrial.levels());
    }

    static java.util.stream.Stream<String> variants() {
        return DecoderGraph.variants().keySet().stream();
    }

    static java.util.stream.Stream<String> others() {
        return DecoderGraph.others().keySet().stream();
    }

    /// A graph and its states.
    private static final class Decoder implements AutoCloseable {
        private final Arena arena = Arena.ofShared();
        private final ModelConstants constants;
        private final Graph graph;
        private final GrowingStates states;
        private final Stream stream = new Stream(2, "test");

        Decoder(Isa isa, Graph given) {
            constants = BothWays.constants(arena, isa);
            graph = Pipelines.whenLoaded().run(given);
            var context = BothWays.context(isa, Precision.FAST, constants);
            states = GrowingStates.of(graph, new CompiledGraph(graph, context), context)
                    .orElseThrow();
        }

        @Override
        public void close() {
            stream.close();
            constants.close();
            arena.close();
        }
    }

    /// A conversation, and the same with states that are given from run to run.
    private static final class Both implements AutoCloseable {
        private final Decoder decoder;
        private final GrowingStates.Conversation conversation;
        private final int[] padding;
        private List<Tensor> past;
        private int length;

        Both(Decoder decoder, int... padding) {
            this.decoder = decoder;
            this.padding = padding;
            conversation = decoder.states.begin();
            past = beginning(0);
        }

        private List<Tensor> beginning(int entries) {
            var cut = new ArrayList<Tensor>();
            for (int state = 0; state < STATES; state++) {
                var tensor = Tensor.allocate(DataType.FLOAT32, Shape.of(padding.length, 2, entries, 4));
                for (int row = 0; row < 2 * padding.length && entries > 0; row++) {
                    tensor.copyElements(row * entries * 4L, past.get(state), row * length * 4L, entries * 4L);
                }
                cut.add(tensor);
            }
            return cut;
        }

        void truncate(int entries) {
            conversation.truncate(entries);
            past = beginning(entries);
            length = entries;
            assertThat(conversation.length()).isEqualTo(entries);
        }

        void add(int added, Random random) {
            var inputs = DecoderGraph.inputs(random, length, added, padding);
            var results = conversation.run(decoder.stream, inputs);
            var all = new ArrayList<>(inputs);
            all.addAll(past);
            var expected = Interpreter.run(decoder.graph, all);
            assertThat(results.tensors()).hasSize(1);
            BothWays.same(
                    length + " and " + added,
                    BothWays.copy(results.tensors().getFirst()),
                    expected.getFirst(),
                    TOLERANCE);
            results.release().run();
            past = expected.subList(1, 1 + STATES);
            length += added;
            assertThat(conversation.length()).isEqualTo(length);
        }

        @Override
        public void close() {
            conversation.close();
        }
    }

    private static void converse(Both both, Random random) {
        both.add(1, random);
        both.add(1 + random.nextInt(20), random);
        for (int run = 0; run < 4; run++) {
            both.add(1, random);
        }
        // Beyond the places that there are at first, and beyond a window.
        both.add(170 + random.nextInt(40), random);
        both.add(1, random);
        both.truncate(random.nextInt(both.length));
        both.add(2 + random.nextInt(3), random);
        both.add(1, random);
        both.truncate(0);
        both.add(64, random);
        both.add(64, random);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void staysInPlace(String variant) {
        var given = DecoderGraph.variants().get(variant).graph();
        levels().forEach(isa -> {
            var random = new Random(5);
            try (var decoder = new Decoder(isa, given);
                    var both = new Both(decoder, 0, 3)) {
                assertThat(decoder.states.areInPlace()).isTrue();
                converse(both, random);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("others")
    void goesOnAsItIsWhereItMatters(String variant) {
        try (var decoder = new Decoder(
                        Isa.best(), DecoderGraph.others().get(variant).graph());
                var both = new Both(decoder, 0, 0)) {
            assertThat(decoder.states.areInPlace()).isFalse();
            var random = new Random(6);
            // Some look at the last two.
            both.add(2, random);
            converse(both, random);
        }
    }

    @Test
    void serveSeveralConversationsInTurn() {
        var random = new Random(7);
        try (var decoder = new Decoder(
                        Isa.best(),
                        DecoderGraph.variants().get("a mask of padding as well").graph());
                var one = new Both(decoder, 0);
                var other = new Both(decoder, 2, 0, 1)) {
            one.add(5, random);
            other.add(9, random);
            // Programs are captured meanwhile.
            for (int run = 0; run < 100; run++) {
                (random.nextBoolean() ? one : other).add(1, random);
            }
        }
    }

    @Test
    void saysWhatDoesNotFit() {
        var random = new Random(8);
        try (var decoder = new Decoder(
                        Isa.best(),
                        DecoderGraph.variants().get("a mask of padding as well").graph());
                var both = new Both(decoder, 0, 0)) {
            // What failed at first fixes nothing.
            assertThatThrownBy(() -> both.conversation.run(
                            decoder.stream,
                            List.of(
                                    DecoderGraph.inputs(random, 0, 2, 0, 0, 0).get(0),
                                    DecoderGraph.inputs(random, 1, 2, 0, 0, 0).get(1),
                                    DecoderGraph.inputs(random, 0, 2, 0, 0, 0).get(2))))
                    .isInstanceOf(ShapeException.class);
            assertThat(both.conversation.length()).isZero();
            both.add(4, random);
            assertThatThrownBy(() -> both.conversation.run(decoder.stream, DecoderGraph.inputs(random, 4, 1, 0)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("do not fit the 4 entries");
            assertThatThrownBy(() -> both.conversation.run(decoder.stream, DecoderGraph.inputs(random, 3, 1, 0, 0)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("expected a length of 5");
            // Nothing is lost.
            both.add(1, random);
            var inputs = DecoderGraph.inputs(random, 5, 1, 0, 0);
            inputs.getFirst().setLong(1, 9);
            assertThatThrownBy(() -> both.conversation.run(decoder.stream, inputs))
                    .isInstanceOf(ShapeException.class);
            both.add(1, random);
            both.conversation.close();
            assertThatThrownBy(() -> both.conversation.run(decoder.stream, DecoderGraph.inputs(random, 6, 1, 0, 0)))
                    .isInstanceOf(ResourceException.class)
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void windowsAreFewAndLongEnough() {
        for (long entries = 0; entries < 5000; entries++) {
            for (long added : List.of(1L, 2L, 100L)) {
                long window = StatePlaces.window(entries, added);
                assertThat(window).isBetween(entries + added, entries + added + Math.max(64, (entries + added) / 8));
                assertThat(window).isGreaterThan(added);
            }
        }
    }
}
