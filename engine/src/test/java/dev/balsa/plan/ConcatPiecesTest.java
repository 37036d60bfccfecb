package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.ir.Graph;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.assembly.Slice;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Exp;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.ir.elementwise.Sigmoid;
import dev.balsa.ir.text.GraphText;
import dev.balsa.ir.view.Reshape;
import dev.balsa.ir.window.AutoPad;
import dev.balsa.ir.window.Conv;
import dev.balsa.ir.window.ConvTranspose;
import dev.balsa.ir.window.GlobalAveragePool;
import dev.balsa.ir.window.MaxPool;
import dev.balsa.ir.window.WindowAttributes;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.rewrite.Pipelines;
import dev.balsa.run.Program;
import dev.balsa.run.Slot;
import dev.balsa.run.Step;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which values are written straight into what they are concatenated to, and that it changes nothing.
class ConcatPiecesTest {
    private static final double TOLERANCE = 1e-4;
    private static final Shape IMAGE = Shape.of(2, 16, 12, 10);

    private final Random random = new Random(7);
    private final GraphBuilder builder = new GraphBuilder("g");
    private final Value x = builder.input("x", TensorType.of(DataType.FLOAT32, IMAGE));

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

    private static WindowAttributes window(long kernel, long stride, long pad) {
        return new WindowAttributes(
                List.of(kernel, kernel),
                List.of(stride, stride),
                List.of(),
                List.of(pad, pad, pad, pad),
                AutoPad.NOTSET,
                false);
    }

    private Value conv(Value image, long outputs, long channels, long kernel) {
        return builder.add(
                new Conv(window(kernel, 1, kernel / 2), 1),
                image,
                builder.constant("w", floats(Shape.of(outputs, channels, kernel, kernel))));
    }

    private Value convRelu(Value image, long outputs, long channels, long kernel) {
        return builder.add(new Relu(), conv(image, outputs, channels, kernel));
    }

    private Value pool(Value image, long stride) {
        return builder.add(new MaxPool(window(stride == 1 ? 3 : 2, stride, stride == 1 ? 1 : 0), false), image);
    }

    private Value concat(Value... inputs) {
        return builder.add(new Concat(1), inputs);
    }

    /// The inputs that concatenations copy, and the pieces of which nothing is copied.
    private record Found(List<Integer> copies, long pieces) {
        static Found of(Program program) {
            var copies = new ArrayList<Integer>();
            program.steps().forEach(step -> {
                if (step instanceof Step.KernelStep kernel
                        && kernel.info().operator().equals("Concat")) {
                    copies.add(kernel.operands().size() - 1);
                }
            });
            return new Found(
                    copies,
                    program.slots().stream()
                            .filter(Slot.Piece.class::isInstance)
                            .count());
        }
    }

    private void check(Isa isa, List<Integer> copies, int pieces, Value... outputs) {
        var graph = builder.build(List.of(outputs));
        var first = List.of(floats(IMAGE));
        assertThat(Found.of(program(isa, graph, first)))
                .as(GraphText.brief(graph))
                .isEqualTo(new Found(copies, pieces));
        BothWays.compare(graph, List.of(first, List.of(floats(IMAGE)), first), 2, TOLERANCE);
    }

    private static Program program(Isa isa, Graph graph, List<Tensor> inputs) {
        var constants = BothWays.constants(Arena.ofAuto(), isa);
        var compiled =
                new CompiledGraph(Pipelines.whenLoaded().run(graph), BothWays.context(isa, Precision.FAST, constants));
        return compiled.program(inputs);
    }

    /// What pools make of means of rows is a kernel of its own, chosen after pieces are.
    @Test
    void poolsOfMeansAreConcatenated() {
        var weights = builder.constant("w", floats(Shape.of(16, 1, 3, 3)));
        var depthwise = builder.add(new Conv(window(3, 1, 1), 16), x, weights);
        var relu = builder.add(new Relu(), depthwise);
        var pooled = builder.add(new GlobalAveragePool(), relu);
        var other = builder.add(new GlobalAveragePool(), convRelu(x, 32, 16, 1));
        var graph = builder.build(List.of(concat(pooled, other), relu));
        BothWays.compare(graph, List.of(List.of(floats(IMAGE))), 2, TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("levels")
    void branchesMeetWithoutCopies(Isa isa) {
        var stem = convRelu(x, 24, 16, 3);
        var joined = concat(
                convRelu(stem, 16, 24, 1),
                convRelu(convRelu(stem, 16, 24, 1), 32, 16, 3),
                pool(stem, 1),
                builder.add(new Sigmoid(), pool(stem, 1)));
        check(isa, List.of(), 4, conv(joined, 16, 96, 1));
    }

    /// What a concatenation makes is the first piece of the next one.
    @ParameterizedTest
    @MethodSource("levels")
    void growingConcatenationsShareMemory(Isa isa) {
        var grown = pool(convRelu(x, 16, 16, 1), 1);
        for (int channels = 16; channels < 64; channels += 16) {
            var normal = builder.add(new Exp(), builder.add(new Sigmoid(), grown));
            grown = concat(grown, conv(convRelu(normal, 16, channels, 1), 16, 16, 3));
        }
        check(isa, List.of(), 6, conv(grown, 16, 64, 1));
    }

    /// As networks that segment images have it.
    @ParameterizedTest
    @MethodSource("levels")
    void whatIsReadElsewhereIsReadInItsPlace(Isa isa) {
        var skip = convRelu(x, 32, 16, 3);
        var deep = convRelu(pool(skip, 2), 32, 32, 3);
        var weights = builder.constant("w", floats(Shape.of(32, 16, 2, 2)));
        var up = builder.add(new ConvTranspose(window(2, 2, 0), 1, List.of(), List.of()), deep, weights);
        check(isa, List.of(), 2, conv(concat(skip, up), 16, 48, 1));
    }

    /// Residuals lie as the result does.
    @ParameterizedTest
    @MethodSource("levels")
    void whatHasAResidualIsCopied(Isa isa) {
        var stem = convRelu(x, 16, 16, 1);
        var sum = builder.add(new Add(), conv(stem, 16, 16, 3), stem);
        check(isa, List.of(1), 1, conv(concat(sum, convRelu(stem, 32, 16, 1)), 16, 48, 1));
    }

    @ParameterizedTest
    @MethodSource("levels")
    void whatIsNotOfAKernelAloneIsCopied(Isa isa) {
        var a = convRelu(x, 16, 16, 1);
        var twice = convRelu(a, 16, 16, 3);
        var seen = convRelu(a, 16, 16, 3);
        var fixed = builder.constant("c", floats(Shape.of(2, 16, 12, 10)));
        var joined = concat(twice, twice, seen, fixed, x, convRelu(a, 16, 16, 1));
        check(isa, List.of(5), 1, conv(joined, 16, 96, 1), seen);
    }

    /// Rows of less than a line take longer to write apart than to copy.
    @ParameterizedTest
    @MethodSource("levels")
    void shortRowsAreCopied(Isa isa) {
        var a = convRelu(x, 16, 16, 1);
        check(isa, List.of(1), 1, conv(concat(convRelu(a, 8, 16, 1), convRelu(a, 24, 16, 1)), 16, 32, 1));
    }

    /// One image after the other; only the first begins where it can if the second one is no whole lines.
    @ParameterizedTest
    @MethodSource("levels")
    void piecesWithoutGapsAreOfAnyKernel(Isa isa) {
        var shape = builder.constant("shape", Tensor.of(new long[] {1, 32, 120}, 3));
        var flat = builder.add(new Reshape(false), x, shape);
        var a = builder.add(new Exp(), flat);
        var b = builder.add(new Sigmoid(), flat);
        var joined = builder.add(new Concat(0), a, b, builder.add(new Relu(), flat));
        check(isa, List.of(), 3, joined, builder.add(new Exp(), joined));
    }

    /// As networks that detect objects join what they find at several scales.
    @ParameterizedTest
    @MethodSource("levels")
    void viewsOfWhatKernelsMakeArePieces(Isa isa) {
        var shape = builder.constant("shape", Tensor.of(new long[] {1, -1, 8}, 3));
        var a = builder.add(new Reshape(false), builder.add(new Exp(), x), shape);
        var sigmoid = builder.add(new Sigmoid(), x);
        var b = builder.add(new Reshape(false), sigmoid, shape);
        var joined = builder.add(new Concat(1), a, b);
        check(isa, List.of(1), 2, joined, builder.add(new Relu(), sigmoid));
    }

    @ParameterizedTest
    @MethodSource("levels")
    void whatTheCallerSeesAsAViewHasPieces(Isa isa) {
        var a = convRelu(x, 16, 16, 1);
        var joined = concat(convRelu(a, 16, 16, 1), convRelu(a, 16, 16, 3));
        var shape = builder.constant("shape", Tensor.of(new long[] {-1}, 1));
        check(isa, List.of(), 2, builder.add(new Reshape(false), joined, shape));
    }

    private static final Shape ONE_IMAGE = Shape.of(1, 16, 12, 16);

    /// As detectors do with the numbers of their anchors: some of each go through functions, the others stay.
    private Value head(GraphBuilder graph, Value image, List<Value> more) {
        var weights = graph.constant("w", floats(Shape.of(63, 16, 1, 1)));
        var conv = graph.add(new Conv(window(1, 1, 0), 1), image, weights);
        var groups = graph.constant("groups", Tensor.of(new long[] {1, 3, 21, 12, 16}, 5));
        var apart = graph.add(new Reshape(false), conv, groups);
        var all = graph.add(new Sigmoid(), graph.add(new Transpose(List.of(0L, 1L, 3L, 4L, 2L)), apart));
        var first = graph.add(new Exp(), channels(graph, all, 0, 2));
        var joined = graph.add(new Concat(-1), first, channels(graph, all, 2, 21));
        more.add(all);
        return graph.add(new Reshape(false), joined, graph.constant("rows", Tensor.of(new long[] {1, 576, 21}, 3)));
    }

    private static Value channels(GraphBuilder graph, Value value, long from, long to) {
        return graph.add(
                new Slice(),
                value,
                graph.constant("from", Tensor.of(new long[] {from}, 1)),
                graph.constant("to", Tensor.of(new long[] {to}, 1)),
                graph.constant("axis", Tensor.of(new long[] {4}, 1)));
    }

    private static List<String> operators(Program program) {
        return program.steps().stream().map(step -> step.info().operator()).toList();
    }

    @ParameterizedTest
    @MethodSource("levels")
    void slicesThatArePutBackStayWhereTheyAre(Isa isa) {
        var graph = new GraphBuilder("g");
        var image = graph.input("image", TensorType.of(DataType.FLOAT32, ONE_IMAGE));
        var built = graph.build(List.of(head(graph, image, new ArrayList<>())));
        var inputs = List.of(floats(ONE_IMAGE));
        assertThat(operators(program(isa, built, inputs)))
                .containsExactly("Transpose", "Conv+Sigmoid", "Conv+Sigmoid", "Conv+Sigmoid", "Slice", "Exp", "Concat");
        BothWays.compare(built, List.of(inputs, List.of(floats(ONE_IMAGE)), inputs), 2, TOLERANCE);
    }

    /// What is read after the Concat, or goes to the caller, must not be changed by it.
    @ParameterizedTest
    @MethodSource("levels")
    void slicesOfWhatIsReadLaterAreCopied(Isa isa) {
        var graph = new GraphBuilder("g");
        var image = graph.input("image", TensorType.of(DataType.FLOAT32, ONE_IMAGE));
        var more = new ArrayList<Value>();
        var rows = head(graph, image, more);
        var later = graph.add(new Relu(), channels(graph, more.getFirst(), 0, 3));
        var inputs = List.of(floats(ONE_IMAGE));
        BothWays.compare(graph.build(List.of(rows, later)), List.of(inputs), 2, TOLERANCE);

        var other = new GraphBuilder("g");
        var second = other.input("image", TensorType.of(DataType.FLOAT32, ONE_IMAGE));
        var all = new ArrayList<Value>();
        var joined = head(other, second, all);
        BothWays.compare(other.build(List.of(joined, all.getFirst())), List.of(inputs), 2, TOLERANCE);
    }

    /// Convolutions of anchors write rows apart where only some of the columns are theirs.
    @ParameterizedTest
    @MethodSource("levels")
    void blocksOfRowsArePieces(Isa isa) {
        var graph = new GraphBuilder("g");
        var image = graph.input("image", TensorType.of(DataType.FLOAT32, ONE_IMAGE));
        var weights = graph.constant("w", floats(Shape.of(63, 16, 1, 1)));
        var conv = graph.add(new Conv(window(1, 1, 0), 1), image, weights);
        var groups = graph.constant("groups", Tensor.of(new long[] {1, 3, 21, 12, 16}, 5));
        var apart = graph.add(new Reshape(false), conv, groups);
        var blocks = graph.add(new Transpose(List.of(0L, 1L, 3L, 4L, 2L)), apart);
        var constant = graph.constant("c", floats(Shape.of(1, 3, 12, 16, 20)));
        var built = graph.build(List.of(graph.add(new Concat(-1), blocks, graph.add(new Exp(), constant))));
        var inputs = List.of(floats(ONE_IMAGE));
        assertThat(operators(program(isa, built, inputs)))
                .containsExactly("Transpose", "Conv", "Conv", "Conv", "Concat");
        BothWays.compare(built, List.of(inputs, List.of(floats(ONE_IMAGE)), inputs), 2, TOLERANCE);
    }
}
