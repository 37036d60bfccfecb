package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.ir.Graph;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.ir.window.AutoPad;
import dev.balsa.ir.window.Conv;
import dev.balsa.ir.window.WindowAttributes;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.rewrite.Pipelines;
import dev.balsa.run.Slot;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Which residuals convolutions write their results over. Images are too small to be made depth first.
class ResidualTest {
    private static final double TOLERANCE = 1e-4;
    private static final long CHANNELS = 32;
    private static final Shape IMAGE = Shape.of(1, CHANNELS, 6, 5);

    private final Random random = new Random(7);
    private final GraphBuilder builder = new GraphBuilder("g");

    /// Levels, and sizes of kernels.
    static Stream<Arguments> cases() {
        return CodeTrial.levels().flatMap(isa -> Stream.of(1, 3).map(kernel -> Arguments.of(isa, kernel)));
    }

    private Tensor floats(Shape shape) {
        var tensor = Tensor.allocate(DataType.FLOAT32, shape, Arena.ofAuto());
        for (int i = 0; i < shape.size(); i++) {
            tensor.memory().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian() / 4);
        }
        return tensor;
    }

    private Value conv(Value x, long kernel) {
        long pad = kernel / 2;
        var window = new WindowAttributes(
                List.of(kernel, kernel),
                List.of(1L, 1L),
                List.of(),
                List.of(pad, pad, pad, pad),
                AutoPad.NOTSET,
                false);
        return builder.add(
                new Conv(window, 1), x, builder.constant("w", floats(Shape.of(CHANNELS, CHANNELS, kernel, kernel))));
    }

    private Value reluOf(Value x) {
        return builder.add(new Relu(), x);
    }

    private Value start() {
        return reluOf(conv(builder.input("x", TensorType.of(DataType.FLOAT32, IMAGE)), 1));
    }

    /// How many values share the memory of others.
    private long shared(Isa isa, Graph graph) {
        var constants = BothWays.constants(Arena.ofAuto(), isa);
        var compiled =
                new CompiledGraph(Pipelines.whenLoaded().run(graph), BothWays.context(isa, Precision.EXACT, constants));
        return compiled.program(List.of(floats(IMAGE))).slots().stream()
                .filter(Slot.Alias.class::isInstance)
                .count();
    }

    private void compare(Graph graph) {
        BothWays.compare(graph, List.of(List.of(floats(IMAGE)), List.of(floats(IMAGE))), 2, TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatNobodyReadsAfterwardsIsWrittenOver(Isa isa, int kernel) {
        var x = start();
        var sum = builder.add(new Add(), conv(reluOf(conv(x, 1)), kernel), x);
        var graph = builder.build(List.of(conv(sum, 1)));
        assertThat(shared(isa, graph)).isEqualTo(1);
        compare(graph);
    }

    /// A pixel's products see all of its channels, and windows its neighbours.
    @ParameterizedTest
    @MethodSource("cases")
    void whatTheConvolutionItselfReadsIsNot(Isa isa, int kernel) {
        var x = start();
        var sum = builder.add(new Add(), conv(x, kernel), x);
        var graph = builder.build(List.of(conv(sum, 1)));
        assertThat(shared(isa, graph)).isZero();
        compare(graph);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsReadLaterIsNot(Isa isa, int kernel) {
        var x = start();
        var sum = builder.add(new Add(), conv(reluOf(conv(x, 1)), kernel), x);
        var graph = builder.build(List.of(conv(conv(sum, 1), 3), conv(x, 3)));
        assertThat(shared(isa, graph)).isZero();
        compare(graph);
    }
}
