package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.ir.Graph;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.ir.text.GraphText;
import dev.balsa.ir.window.AutoPad;
import dev.balsa.ir.window.Conv;
import dev.balsa.ir.window.MaxPool;
import dev.balsa.ir.window.WindowAttributes;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.rewrite.Pipelines;
import dev.balsa.run.Program;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which layers are made depth first, and that it changes nothing.
class DepthFirstTest {
    private static final double TOLERANCE = 1e-4;
    private static final Shape IMAGE = Shape.of(2, 16, 24, 20);

    private final Random random = new Random(5);
    private final GraphBuilder builder = new GraphBuilder("g");

    static Stream<Isa> levels() {
        return CodeTrial.levels();
    }

    private Tensor floats(Shape shape) {
        var tensor = Tensor.allocate(DataType.FLOAT32, shape, Arena.ofAuto());
        for (int i = 0; i < shape.size(); i++) {
            tensor.memory().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian() / 4);
        }
        return tensor;
    }

    private Value conv(Value x, long outputs, long channels, long kernel, long group) {
        long pad = kernel / 2;
        var window = new WindowAttributes(
                List.of(kernel, kernel),
                List.of(1L, 1L),
                List.of(),
                List.of(pad, pad, pad, pad),
                AutoPad.NOTSET,
                false);
        return builder.add(
                new Conv(window, group),
                x,
                builder.constant("w", floats(Shape.of(outputs, channels / group, kernel, kernel))));
    }

    /// Wide, by channel, narrow with a residual, as mobile networks have it.
    private Value block(Value x) {
        var wide = builder.add(new Relu(), conv(x, 48, 16, 1, 1));
        var deep = builder.add(new Relu(), conv(wide, 48, 48, 3, 48));
        return builder.add(new Add(), conv(deep, 16, 48, 1, 1), x);
    }

    private Value input() {
        return builder.input("x", TensorType.of(floats(IMAGE)));
    }

    private static Program program(Isa isa, Graph graph, Tensor input) {
        var constants = BothWays.constants(Arena.ofAuto(), isa);
        var compiled =
                new CompiledGraph(Pipelines.whenLoaded().run(graph), BothWays.context(isa, Precision.EXACT, constants));
        return compiled.program(List.of(input));
    }

    private static List<String> depthFirst(Program program) {
        return program.steps().stream()
                .map(step -> step.info())
                .filter(info -> info.reason().startsWith("depth first"))
                .map(info -> info.operator())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("levels")
    void blocksAreMadeDepthFirst(Isa isa) {
        var graph = builder.build(List.of(block(block(input()))));
        var input = floats(IMAGE);
        assertThat(String.join(", ", depthFirst(program(isa, graph, input))))
                .as(GraphText.brief(graph))
                .contains("Conv+Relu, Conv+Relu, Conv+Add");
        BothWays.compare(graph, List.of(List.of(input), List.of(floats(IMAGE))), 2, TOLERANCE);
    }

    /// On tile units such layers hand on parts of numbers.
    @ParameterizedTest
    @MethodSource("levels")
    void layersOfWholeChunksOfChannelsAreMadeDepthFirst(Isa isa) {
        var x = input();
        var narrow = builder.add(new Relu(), conv(x, 32, 16, 1, 1));
        var deep = builder.add(new Relu(), conv(narrow, 32, 32, 1, 1));
        var graph = builder.build(List.of(builder.add(new Add(), conv(deep, 16, 32, 1, 1), x)));
        var input = floats(IMAGE);
        assertThat(depthFirst(program(isa, graph, input)))
                .as(GraphText.brief(graph))
                .isNotEmpty();
        BothWays.compare(graph, List.of(List.of(input), List.of(floats(IMAGE))), 2, TOLERANCE);
    }

    /// What somebody else reads must be there as a whole.
    @ParameterizedTest
    @MethodSource("levels")
    void whatOthersReadIsMadeWhole(Isa isa) {
        var wide = builder.add(new Relu(), conv(input(), 48, 16, 1, 1));
        var deep = conv(wide, 48, 48, 3, 48);
        var graph = builder.build(List.of(deep, wide));
        var input = floats(IMAGE);
        assertThat(depthFirst(program(isa, graph, input))).isEmpty();
    }

    /// The image that the first layer reads is not the caller's and could be written over by the last one, but for
    /// the rows that the next piece still looks at.
    @Test
    void residualsAreNotWrittenOver() {
        var x = builder.add(new Relu(), conv(input(), 16, 16, 3, 1));
        var y = x;
        for (int i = 0; i < 3; i++) {
            y = block(y);
        }
        var window =
                new WindowAttributes(List.of(3L, 3L), List.of(2L, 2L), List.of(), List.of(), AutoPad.NOTSET, false);
        var graph = builder.build(List.of(builder.add(new MaxPool(window, false), y)));
        BothWays.compare(graph, List.of(List.of(floats(IMAGE)), List.of(floats(IMAGE))), 3, TOLERANCE);
    }
}
