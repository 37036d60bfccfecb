package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.cpu.Isa;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Interpreter;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.rewrite.Pipelines;
import dev.balsa.rewrite.packing.TextGraph;
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

/// Texts without their padding, compared with the plain evaluation of all.
class PackedTextsTest {
    private static final double TOLERANCE = 1e-5;

    static java.util.stream.Stream<Isa> levels() {
        return java.util.stream.Stream.concat(java.util.stream.Stream.of(Isa.PORTABLE), CodeTrial.levels());
    }

    /// A graph's programs, with padding and packed.
    private static final class Both implements AutoCloseable {
        private final Arena arena = Arena.ofShared();
        private final ModelConstants constants;
        private final Graph graph;
        private final CompiledGraph padded;
        private final PackedTexts packed;
        private final Stream stream = new Stream(2, "test");

        Both(Isa isa, Graph given) {
            constants = BothWays.constants(arena, isa);
            graph = Pipelines.whenLoaded().run(given);
            var context = BothWays.context(isa, Precision.FAST, constants);
            padded = new CompiledGraph(graph, context);
            packed = new PackedTexts(graph.inputs(), () -> graph, context);
            // Lengths have changed.
            padded.program(TextGraph.inputs(new Random(1), TextGraph.texts(1)));
            padded.program(TextGraph.inputs(new Random(1), TextGraph.texts(2)));
        }

        boolean packs(List<Tensor> inputs) {
            return packed.choose(inputs, padded).isPresent();
        }

        List<Tensor> run(List<Tensor> inputs) {
            var batch = packed.choose(inputs, padded).orElseThrow();
            var results = packed.run(stream, batch, inputs);
            var copies = results.tensors().stream().map(BothWays::copy).toList();
            results.release().run();
            return copies;
        }

        /// Runs texts, and compares those of their tokens and what there is one of for each text.
        void check(boolean[][] texts, Random random) {
            var inputs = TextGraph.inputs(random, texts);
            var expected = Interpreter.run(graph, inputs);
            var found = run(inputs);
            var tokens = expected.getFirst();
            long row = tokens.shape().dim(2);
            for (int place = 0; place < texts.length * texts[0].length; place++) {
                boolean isToken = texts[place / texts[0].length][place % texts[0].length];
                for (long i = place * row; !isToken && i < (place + 1) * row; i++) {
                    tokens.setDouble(i, 0);
                }
            }
            for (int i = 0; i < expected.size(); i++) {
                BothWays.same("output " + i, found.get(i), expected.get(i), TOLERANCE);
            }
        }

        @Override
        public void close() {
            stream.close();
            constants.close();
            arena.close();
        }
    }

    @ParameterizedTest
    @MethodSource("levels")
    void givesWhatTokensGiveAmongPadding(Isa isa) {
        var random = new Random(5);
        try (var both = new Both(isa, TextGraph.graph())) {
            both.check(TextGraph.texts(1, 7, 40, 12, 3), random);
            both.check(TextGraph.texts(20, 1), random);
            both.check(TextGraph.texts(20, 1), random);
            both.check(TextGraph.texts(13), random);
            both.check(TextGraph.texts(13, 13, 13), random);
            for (int i = 0; i < (CodeTrial.emulates(isa) ? 2 : 20); i++) {
                both.check(withHoles(random), random);
            }
        }
    }

    /// Texts of which the first tokens count, and others as a coin says.
    private static boolean[][] withHoles(Random random) {
        var texts = new boolean[1 + random.nextInt(20)][1 + random.nextInt(40)];
        for (var text : texts) {
            text[0] = true;
            for (int place = 1; place < text.length; place++) {
                text[place] = random.nextInt(3) > 0;
            }
        }
        return texts;
    }

    @Test
    void readsTokensBehindPaddingWhereNoFirstOneIsAskedFor() {
        var behind = new boolean[][] {{false, false, true, true}, {true, true, true, true}};
        var inputs = TextGraph.inputs(new Random(1), behind);
        try (var both = new Both(Isa.PORTABLE, TextGraph.graph())) {
            assertThat(both.packs(inputs)).isFalse();
        }
        var tokensOnly = TextGraph.parse(TextGraph.TEXT.replace("return %y, %pool", "return %y"));
        try (var both = new Both(Isa.PORTABLE, tokensOnly)) {
            both.check(behind, new Random(2));
        }
    }

    @Test
    void leavesTextsWithoutPaddingToTheirOwnProgram() {
        try (var both = new Both(Isa.PORTABLE, TextGraph.graph())) {
            var whole = TextGraph.inputs(new Random(1), TextGraph.texts(32, 32));
            assertThat(both.packs(whole)).isTrue();
            both.padded.program(whole);
            assertThat(both.packs(whole)).isFalse();
            assertThat(both.packs(TextGraph.inputs(new Random(1), TextGraph.texts(32, 10))))
                    .isTrue();
            // What comes often is worth a program of its own.
            var other = TextGraph.inputs(new Random(1), TextGraph.texts(31));
            int packed = 0;
            while (both.packs(other)) {
                packed++;
            }
            assertThat(packed).isBetween(1, 100);
        }
    }

    @Test
    void leavesMasksAloneThatSaySomethingElse() {
        try (var both = new Both(Isa.PORTABLE, TextGraph.graph())) {
            var texts = TextGraph.texts(9, 5);
            var two = TextGraph.inputs(new Random(1), texts);
            two.get(1).setLong(0, 2);
            assertThat(both.packs(two)).isFalse();
            var none = TextGraph.inputs(new Random(1), texts);
            for (int i = 9; i < 18; i++) {
                none.get(1).setLong(i, 0);
            }
            assertThat(both.packs(none)).isFalse();
            var empty = List.of(
                    Tensor.allocate(DataType.INT64, Shape.of(0, 4)), Tensor.allocate(DataType.INT64, Shape.of(0, 4)));
            assertThat(both.packs(empty)).isFalse();
            var ids = TextGraph.inputs(new Random(1), texts).getFirst();
            var oneMask = TextGraph.inputs(new Random(1), TextGraph.texts(9)).get(1);
            assertThat(both.packs(List.of(ids, oneMask))).isFalse();
        }
    }

    @Test
    void saysWhatIsWrongWithTokens() {
        try (var both = new Both(Isa.PORTABLE, TextGraph.graph())) {
            var inputs = TextGraph.inputs(new Random(1), TextGraph.texts(9, 5));
            inputs.getFirst().setLong(0, 9);
            assertThatThrownBy(() -> both.run(inputs))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("Gather");
            inputs.getFirst().setLong(0, 8);
            assertThat(both.run(inputs)).hasSize(2);
            var tooLong = TextGraph.inputs(new Random(1), TextGraph.texts(41, 5));
            assertThatThrownBy(() -> both.run(tooLong)).isInstanceOf(ShapeException.class);
        }
    }

    @Test
    void hasProgramsForNumbersOfTokensThatAreNear() {
        var all = new ArrayList<Integer>();
        for (int count = 1; count <= 4096; count++) {
            int tokens = PackedTexts.tokens(count);
            assertThat(tokens).isBetween(count, count + Math.max(7, count / 16));
            assertThat(tokens).isGreaterThanOrEqualTo(PackedTexts.tokens(Math.max(1, count - 1)));
            if (!all.contains(tokens)) {
                all.add(tokens);
            }
            assertThat(PackedTexts.texts(count)).isBetween(count, 2 * count);
        }
        assertThat(all.stream().filter(tokens -> tokens <= 512)).hasSizeLessThan(64);
    }
}
