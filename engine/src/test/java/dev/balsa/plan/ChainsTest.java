package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.ir.Graph;
import dev.balsa.ir.text.GraphText;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.rewrite.Pipelines;
import dev.balsa.run.Step;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Shape;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A chain is never too long for the code of the operator at its head.
class ChainsTest {
    private static final int OPERANDS = 8;
    private static final double TOLERANCE = 1e-5;

    /// What chains begin with: a result of 4 columns.
    private enum Head {
        PRODUCT("f32[6,4]", "MatMul (%x, %w)", "f32[6,5]", "f32[5,4]"),
        BIASED_PRODUCT(
                "f32[6,4]",
                "Gemm {alpha=1.0, beta=1.0, transA=false, transB=false} (%x, %w, %bias)",
                "f32[6,5]",
                "f32[5,4]"),
        CONVOLUTION(
                "f32[1,4,3,4]",
                "Conv {window={kernel=[], strides=[], dilations=[], pads=[], autoPad=NOTSET, ceil=false}, group=1}"
                        + " (%x, %w, %bias)",
                "f32[1,2,4,5]",
                "f32[4,2,2,2]"),
        ADDITION("f32[6,4]", "Add (%x, %bias)", "f32[6,4]", "f32[1]");

        private final String type;
        private final String operator;
        private final String x;
        private final String w;

        Head(String type, String operator, String x, String w) {
            this.type = type;
            this.operator = operator;
            this.x = x;
            this.w = w;
        }

        /// The operator with so many operands behind it, no two of them the same.
        Graph graph() {
            var text = new StringBuilder("graph \"g\" (%x: " + x);
            for (int i = 0; i < OPERANDS; i++) {
                text.append(", %c").append(i).append(this == CONVOLUTION ? ": f32[4,1,1]" : ": f32[4]");
            }
            text.append(") {\n")
                    .append("  %w: ")
                    .append(w)
                    .append(" = constant ")
                    .append(numbers(w));
            text.append("\n  %bias: f32[4] = constant <1.0, 2.0, 3.0, 4.0>\n");
            text.append("  %y0: ").append(type).append(" = ").append(operator).append('\n');
            for (int i = 0; i < OPERANDS; i++) {
                text.append(
                        "  %%y%d: %s = %s (%%y%d, %%c%d)%n".formatted(i + 1, type, i % 2 == 0 ? "Add" : "Mul", i, i));
            }
            return GraphText.parse(text.append("  return %y").append(OPERANDS) + "\n}\n");
        }

        private static String numbers(String type) {
            return IntStream.range(0, (int) shape(type).size())
                    .mapToObj(i -> i % 7 - 3 + ".0")
                    .toList()
                    .toString()
                    .replace('[', '<')
                    .replace(']', '>');
        }

        private static Shape shape(String type) {
            var dims = type.substring(type.indexOf('[') + 1, type.length() - 1).split(",", -1);
            return Shape.of(List.of(dims).stream().mapToLong(Long::parseLong).toArray());
        }
    }

    @ParameterizedTest
    @EnumSource
    void hasNoMoreOperandsThanCodeTakes(Head head) {
        var graph = head.graph();
        assertThat(OPERANDS).isGreaterThan(StageCode.MOST_OPERANDS);
        CodeTrial.levels().forEach(isa -> {
            var kernels = kernels(graph, isa);
            assertThat(kernels)
                    .as(isa.label())
                    .noneMatch(kernel -> kernel.contains("portable") || kernel.contains("plain"));
        });
        assertThat(kernels(graph, Isa.PORTABLE)).as("without code").hasSize(1);
        var random = new Random(1);
        var inputs = graph.inputs().stream()
                .map(input -> Trial.floats(
                        random, input.type().shape().known().orElseThrow().toArray()))
                .toList();
        BothWays.compare(graph, List.of(inputs), 2, TOLERANCE);
    }

    private static List<String> kernels(Graph graph, Isa isa) {
        try (var arena = Arena.ofShared();
                var constants = BothWays.constants(arena, isa)) {
            var context = BothWays.context(isa, Precision.FAST, constants);
            return new CompiledGraph(Pipelines.whenLoaded().run(graph), context)
                            .programFor(graph.inputs().stream()
                                    .map(input -> input.type().shape().known().orElseThrow())
                                    .toList())
                            .steps()
                            .stream()
                            .map(Step::info)
                            .map(info -> info.kernel())
                            .toList();
        }
    }
}
