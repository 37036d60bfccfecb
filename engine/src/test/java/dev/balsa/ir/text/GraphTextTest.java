package dev.balsa.ir.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ModelFormatException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Graph;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.Operators;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Pad;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.contraction.Einsum;
import dev.balsa.ir.contraction.Gemm;
import dev.balsa.ir.control.If;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.ir.fusion.ChainStep;
import dev.balsa.ir.fusion.Fused;
import dev.balsa.ir.indexing.Compress;
import dev.balsa.ir.leaf.ConstantOfShape;
import dev.balsa.ir.leaf.EyeLike;
import dev.balsa.ir.view.Identity;
import dev.balsa.ir.window.AutoPad;
import dev.balsa.ir.window.Conv;
import dev.balsa.ir.window.GlobalLpPool;
import dev.balsa.ir.window.WindowAttributes;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GraphTextTest {
    private static final Value X = new Value("x", TensorType.of(DataType.FLOAT32, 2, 3));
    private static final Value Y = new Value("y", TensorType.of(DataType.FLOAT32, 2, 3));

    private static void assertReadsBack(Graph graph) {
        var text = GraphText.of(graph);
        var read = GraphText.parse(text);
        assertThat(GraphEquality.difference(graph, read)).as(text).isEmpty();
        assertThat(GraphText.of(read)).isEqualTo(text);
    }

    private static Graph applying(Op op) {
        return new Graph("g", List.of(X), Map.of(), List.of(new Node("n", op, List.of(X), List.of(Y))), List.of(Y));
    }

    private static Graph holding(Tensor... constants) {
        var builder = new GraphBuilder("constants");
        return builder.build(Arrays.stream(constants)
                .map(tensor -> builder.constant("c", tensor))
                .toList());
    }

    @Test
    void readsLikeADocument() {
        var builder = new GraphBuilder("net");
        var x = builder.input("x", new TensorType(DataType.FLOAT32, SymbolicShape.of(Dim.symbol("N"), Dim.of(2))));
        var w = builder.constant("w", Tensor.of(new float[] {1, -0.5F}, 2, 1));
        var y = builder.add("fc", new Gemm(1, 0.1F, false, false), List.of(x, w, Value.NONE), List.of("/fc/out:0"));
        var z = builder.add("", new Relu(), y, List.of("z"));
        assertThat(GraphText.of(builder.build(z))).isEqualTo("""
                graph "net" (%x: f32[N,2]) {
                  %w: f32[2,1] = constant <1.0, -0.5>
                  %"/fc/out:0": f32[N,1] = Gemm {alpha=1.0, beta=0.1, transA=false, transB=false} (%x, %w, _)  "fc"
                  %z: f32[N,1] = Relu (%"/fc/out:0")
                  return %z
                }
                """);
    }

    static Stream<Op> operators() {
        var window = new WindowAttributes(List.of(3L, 3L), List.of(2L, 1L), List.of(), List.of(), AutoPad.NOTSET, true);
        var branch = applying(new Relu());
        var nested = applying(new If(branch, applying(new Cast(DataType.BFLOAT16))));
        return Stream.of(
                new Relu(),
                new Transpose(List.of(1L, 0L)),
                new Transpose(List.of()),
                new Cast(DataType.UINT4),
                new Pad(Pad.Mode.WRAP),
                new Compress(Optional.empty()),
                new Compress(Optional.of(Long.MIN_VALUE)),
                new EyeLike(Optional.of(DataType.INT8), -1),
                new EyeLike(Optional.empty(), Long.MAX_VALUE),
                new ConstantOfShape(DataType.FLOAT32, Double.doubleToRawLongBits(Double.NaN)),
                new Gemm(-0F, Float.NEGATIVE_INFINITY, true, false),
                new Gemm(Float.NaN, 1e-45F, true, false),
                new GlobalLpPool(1e300),
                new Einsum(" ij -> ji "),
                new Conv(window, 4),
                new If(branch, nested),
                new Fused(
                        new Conv(window, 1),
                        3,
                        List.of(
                                new ChainStep(new Relu(), List.of(ChainStep.CHAIN)),
                                new ChainStep(new Cast(DataType.FLOAT16), List.of(ChainStep.CHAIN)))));
    }

    @ParameterizedTest
    @MethodSource("operators")
    void readsEveryKindOfAttributeBack(Op op) {
        assertReadsBack(applying(op));
    }

    /// The kinds of components that [GraphText] writes; one that is missing here needs text first.
    private static final Set<Class<?>> KINDS = Set.of(
            long.class,
            Long.class,
            int.class,
            Integer.class,
            float.class,
            Float.class,
            double.class,
            Double.class,
            boolean.class,
            Boolean.class,
            String.class,
            DataType.class,
            TensorType.class,
            Graph.class);

    @Test
    void everyOperatorHasText() {
        for (var operator : Operators.classes()) {
            for (var component : operator.getRecordComponents()) {
                assertThat(hasText(component.getGenericType()))
                        .as("%s.%s has text", operator.getName(), component.getName())
                        .isTrue();
            }
        }
    }

    private static boolean hasText(Type type) {
        if (type instanceof ParameterizedType of) {
            return Set.of(List.class, Optional.class).contains(of.getRawType())
                    && hasText(of.getActualTypeArguments()[0]);
        }
        return type instanceof Class<?> plain
                && (KINDS.contains(plain)
                        || plain.isEnum()
                        || Op.class.isAssignableFrom(plain)
                        || plain.isRecord()
                                && Arrays.stream(plain.getRecordComponents())
                                        .allMatch(part -> hasText(part.getGenericType())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "a/b.c",
                "//comment",
                "a b",
                "%",
                "\"",
                "onnx::Add_1",
                "_",
                "\u00fc",
                "line\nbreak",
                "\\ \u0000 \ud83d\ude00 \ud83d\r\t"
            })
    void readsOddNamesBack(String name) {
        var value = new Value(name, new TensorType(DataType.STRING, SymbolicShape.UNKNOWN));
        assertReadsBack(new Graph(name, List.of(value), Map.of(), List.of(), List.of(value)));
    }

    @Test
    void readsShapesBack() {
        var n = Dim.symbol("batch_size");
        var m = Dim.symbol("9...");
        var dims =
                SymbolicShape.of(n.times(m).times(Dim.of(-3)).plus(n.times(n)).plus(-7), Dim.UNKNOWN, Dim.of(0), m);
        for (var shape :
                List.of(dims, SymbolicShape.UNKNOWN, SymbolicShape.of(), SymbolicShape.of(Dim.symbol("...")))) {
            var value = new Value("v", new TensorType(DataType.INT4, shape));
            assertReadsBack(new Graph("", List.of(value), Map.of(), List.of(), List.of(value, Value.NONE)));
        }
    }

    @Test
    void readsConstantsOfEveryTypeBackBitForBit() {
        var bits = new long[] {0, -1, 1L << 63, 0x7ff8_0000_0000_0001L, 0x8000_8000_8000_8001L, 0x7c01_7f81_7fc0_0001L};
        for (var type : DataType.all()) {
            if (type == DataType.STRING) {
                continue;
            }
            for (int words : new int[] {0, 1, bits.length}) {
                var raw = Tensor.of(Arrays.copyOf(bits, words), words);
                var shape = Shape.of(words * 64L / type.bits());
                assertReadsBack(holding(Tensor.wrap(type, shape, raw.memory())));
            }
        }
        assertReadsBack(holding(Tensor.wrap(
                DataType.UINT4,
                Shape.of(1),
                Tensor.of(new byte[] {(byte) 0xFE}, 1).memory())));
        assertReadsBack(holding(Tensor.of(new String[] {"", "\"\n", "\ud83d"}, 3, 1), Tensor.of(new float[] {1})));
    }

    @Test
    void readsLongConstantsBackAndElidesThemForPeople() {
        var many = new double[GraphText.MOST_LITERALS + 1];
        Arrays.setAll(many, i -> Math.sqrt(i));
        var graph = holding(Tensor.of(many, many.length), Tensor.of(new long[] {7}, 1));
        assertReadsBack(graph);
        var brief = GraphText.brief(graph);
        assertThat(brief).contains("%c: f64[33] = constant ...\n").contains("constant <7>");
        assertThatThrownBy(() -> GraphText.parse(brief))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("left out");
    }

    @Test
    void tellsConstantsOfOtherShapesApart() {
        var declared = new Value("c", new TensorType(DataType.INT64, SymbolicShape.of(Dim.symbol("N"))));
        var graph =
                new Graph("g", List.of(), Map.of(declared, Tensor.of(new long[2], 2)), List.of(), List.of(declared));
        assertReadsBack(graph);
        var other =
                new Graph("g", List.of(), Map.of(declared, Tensor.of(new long[3], 3)), List.of(), List.of(declared));
        assertThat(GraphEquality.equal(graph, other)).isFalse();
    }

    @Test
    void tellsGraphsApartByTheirParts() {
        var graph = applying(new If(holding(Tensor.of(new float[] {1}, 1)), applying(new Identity())));
        var other = applying(new If(holding(Tensor.of(new float[] {2}, 1)), applying(new Identity())));
        assertThat(GraphEquality.equal(graph, graph)).isTrue();
        assertThat(GraphEquality.difference(graph, other))
                .hasValueSatisfying(text -> assertThat(text).contains("node 0"));
    }

    @Test
    void allowsCommentsAndLineBreaks() {
        var graph = GraphText.parse("""
                // a comment
                graph "g" (%x: f32[2]) { // another
                  %y: f32[2] =
                     Relu (%x)
                  return %y }
                """);
        assertThat(graph.nodes()).extracting(Node::op).containsExactly(new Relu());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "graph",
                "graph \"g",
                "graph \"g\" () { return } more",
                "graph \"g\" () { return %x }",
                "graph \"g\" (%x: f31[2]) { return }",
                "graph \"g\" (%x: f32[2]",
                "graph \"g\" (%x: f32[99999999999999999999]) { return }",
                "graph \"g\" (%x: f32[2], %x: f32[2]) { return }",
                "graph \"g\" (%x: f32[2]) { %x: f32[2] = Relu (%x) return }",
                "graph \"g\" () { %x: f32[2] = Relu (%x) return }",
                "graph \"g\" () { %x: f32[2] = Nonsense () return }",
                "graph \"g\" () { %x: f32[2] = Transpose {perm=[0,0]} () return }",
                "graph \"g\" () { %x: f32[2] = Transpose {order=[0]} () return }",
                "graph \"g\" () { %x: f32[2] = Transpose () return }",
                "graph \"g\" () { %x: f32[2] = Pad {mode=WRAPPED} () return }",
                "graph \"g\" () { %x: f32[2] = Cast {to=f33} () return }",
                "graph \"g\" () { %c: u8[1] = constant <256> return }",
                "graph \"g\" () { %c: bool[1] = constant <1> return }",
                "graph \"g\" () { %c: f32[2] = constant <1.0> return }",
                "graph \"g\" () { %c: f32[N] = constant <1.0> return }",
                "graph \"g\" () { %c: f32[1] = constant base64 <AAAA> return }",
                "graph \"g\" () { %c: f32[1] = constant base64 <!> return }",
                "graph \"g\" () { %c: string[1] = constant <\"\\u00> return }",
            })
    void saysWhereATextIsWrong(String text) {
        assertThatThrownBy(() -> GraphText.parse(text)).isInstanceOf(ModelFormatException.class);
    }
}
