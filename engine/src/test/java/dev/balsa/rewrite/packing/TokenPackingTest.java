package dev.balsa.rewrite.packing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.ir.Interpreter;
import dev.balsa.ir.Node;
import dev.balsa.ir.NodeTyping;
import dev.balsa.ir.attention.SegmentMask;
import dev.balsa.rewrite.packing.PackedGraph.Form;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which graphs of texts are packed, and which must not be: one line of a graph that can be is another.
class TokenPackingTest {
    /// The graph with lines changed: `old => new`, several divided by `|`; the new one has the old one's name and
    /// type.
    private static String changed(String changes) {
        var text = TextGraph.TEXT;
        for (var change : changes.split("\\|")) {
            var parts = change.split("=>");
            assertThat(text).contains(parts[0].strip());
            text = text.replace(parts[0].strip(), parts[1].strip());
        }
        return text;
    }

    @Test
    void makesOneTextOfAll() {
        var packed = TokenPacking.of(TextGraph.graph()).orElseThrow();
        assertThat(packed.mask()).isEqualTo(1);
        assertThat(packed.outputs()).containsExactly(Form.TOKENS, Form.TEXTS);
        assertThat(packed.readsFirsts()).isTrue();
        var graph = packed.graph();
        assertThat(graph.inputs().stream().map(input -> input.type().toString()))
                .containsExactly(
                        "i64[1,packed_tokens]",
                        "i64[1,packed_tokens]",
                        "i64[packed_tokens]",
                        "i32[packed_tokens,2]",
                        "i64[packed_texts]");
        assertThat(graph.outputs().stream().map(output -> output.type().toString()))
                .containsExactly("f32[1,packed_tokens,8]", "f32[packed_texts,3]");
        assertThat(graph.nodes().stream().map(Node::op))
                .filteredOn(SegmentMask.class::isInstance)
                .hasSize(1);
        var typing = new NodeTyping(graph.constants());
        for (var node : graph.nodes()) {
            var types = typing.infer(node.op(), node.inputs(), node.outputs().size());
            assertThat(node.output(0).type()).as(node.label()).isEqualTo(types.getFirst());
            typing.note(node.op(), node.inputs(), node.output(0));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // The mask as truth values, which choose.
                "Add (%scaled, %added) => Where (%bool, %scaled, %low)"
                        + "|%wide: => %bm: bool[batch,sequence] = Cast {to=bool} (%mask)"
                        + " %bool: bool[batch,1,1,sequence] = Unsqueeze (%bm, %axes) %wide:",
                "Add (%scaled, %added) => Where (%bool, %low, %scaled)"
                        + "|%wide: => %bm: bool[batch,sequence] = Cast {to=bool} (%mask)"
                        + " %bn: bool[batch,sequence] = Not (%bm)"
                        + " %bool: bool[batch,1,1,sequence] = Unsqueeze (%bn, %axes) %wide:",
                // A mask for each query.
                "Add (%scaled, %added) => Add (%scaled, %spread)"
                        + "|%heads: => %many: i64[4] = Concat {axis=0} (%n1, %one, %s1, %s1)"
                        + " %spread: f32[batch,1,sequence,sequence] = Expand (%added, %many) %heads:",
                // Operands the other way round; a factor before the mask.
                "Add (%scaled, %added) => Add (%added, %scaled)",
                "Div (%scores, %root) => Mul (%root, %scores)",
                // Tokens of all texts as rows of a matrix.
                "%sum: f32[batch,sequence,8] = Add (%flat, %x) =>"
                        + " %rest: i64[2] = constant <-1, 8>"
                        + " %rows: f32[?,8] = Reshape {allowZero=false} (%flat, %rest)"
                        + " %rm: f32[?,8] = Gemm {alpha=1.0, beta=1.0, transA=false, transB=false} (%rows, %wq, %gain)"
                        + " %back: f32[batch,sequence,8] = Reshape {allowZero=false} (%rm, %together)"
                        + " %sum: f32[batch,sequence,8] = Add (%back, %x)",
                // Tokens first, texts second, and back.
                "%sum: f32[batch,sequence,8] = Add (%flat, %x) =>"
                        + " %ft: f32[sequence,batch,8] = Transpose {perm=[1, 0, 2]} (%flat)"
                        + " %rest: i64[2] = constant <-1, 8>"
                        + " %tr: f32[?,8] = Reshape {allowZero=false} (%ft, %rest)"
                        + " %tm: f32[?,8] = MatMul (%tr, %wq)"
                        + " %order: i64[3] = Concat {axis=0} (%s1, %n1, %eight)"
                        + " %tb: f32[sequence,batch,8] = Reshape {allowZero=false} (%tm, %order)"
                        + " %bt: f32[batch,sequence,8] = Transpose {perm=[1, 0, 2]} (%tb)"
                        + " %sum: f32[batch,sequence,8] = Add (%bt, %x)",
                // Positions counted by a range.
                "%p: f32[1,?,8] = Slice (%places, %zero, %s1, %one) =>"
                        + " %step: i64[] = constant <1>"
                        + " %range: i64[?] = Range (%first, %s, %step)"
                        + " %rows: f32[40,8] = Squeeze (%places, %zero)"
                        + " %p: f32[?,8] = Gather {axis=0} (%rows, %range)",
                // The mask multiplies embeddings as well.
                "%x: f32[batch,sequence,8] = Add (%e, %p) =>"
                        + " %sw: f32[batch,sequence,1] = Unsqueeze (%seen, %two)"
                        + " %em: f32[batch,sequence,8] = Mul (%e, %sw)"
                        + " %x: f32[batch,sequence,8] = Add (%em, %p)",
                // The first token by a slice.
                "%cls: f32[batch,8] = Gather {axis=1} (%y, %first) =>"
                        + " %cs: f32[batch,1,8] = Slice (%y, %zero, %one, %one)"
                        + " %cls: f32[batch,8] = Squeeze (%cs, %one)",
                // What the mask gives for padding cannot be told.
                "%sum: f32[batch,sequence,8] = Add (%flat, %x) =>"
                        + " %inverse: i64[batch,sequence] = Div (%two, %mask)"
                        + " %if: f32[batch,sequence] = Cast {to=f32} (%inverse)"
                        + " %iw: f32[batch,sequence,1] = Unsqueeze (%if, %two)"
                        + " %im: f32[batch,sequence,8] = Mul (%x, %iw)"
                        + " %sum: f32[batch,sequence,8] = Add (%flat, %im)",
                // Heads of tokens as a result.
                "return %y, %pool => return %turned"
            })
    void packs(String changes) {
        assertThat(TokenPacking.of(TextGraph.parse(changed(changes)))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Nothing is hidden, or what is hidden is not the padding, or not wholly.
                "Softmax {axis=-1, flattened=false} (%masked) => Softmax {axis=-1, flattened=false} (%scaled)",
                "constant <-10000.0> => constant <-50.0>",
                "constant <-10000.0> => constant <10000.0>",
                "Sub (%unit, %wide) => Add (%unit, %wide)",
                "Sub (%unit, %wide) => Sub (%wide, %unit)|constant <-10000.0> => constant <0.0>",
                "Add (%scaled, %added) => Mul (%scaled, %added)",
                "Add (%scaled, %added) => Sub (%scaled, %added)",
                // The mask tells of queries.
                "constant <1, 2> => constant <1, 3>",
                // Scores go through something else.
                "Div (%scores, %root) => Div (%root, %scores)",
                "Div (%scores, %root) => Pow (%scores, %root)",
                "Softmax {axis=-1, flattened=false} (%masked) => Softmax {axis=2, flattened=false} (%masked)",
                "MatMul (%weights, %v) => MatMul (%scaled, %v)",
                // Positions meet each other.
                "Div (%scores, %root) => Add (%scores, %bias)"
                        + "|%heads: => %bt: f32[1,8,?] = Transpose {perm=[0, 2, 1]} (%p)"
                        + " %bias: f32[1,?,?] = MatMul (%p, %bt) %heads:",
                // Tokens meet outside of attention.
                "%sum: f32[batch,sequence,8] = Add (%flat, %x) =>"
                        + " %mean: f32[batch,1,8] = ReduceMean {keepDims=true, noopWithEmptyAxes=false} (%x, %one)"
                        + " %sum: f32[batch,sequence,8] = Add (%flat, %mean)",
                "%sum: f32[batch,sequence,8] = Add (%flat, %x) =>"
                        + " %run: f32[batch,sequence,8] = CumSum {exclusive=false, reverse=false} (%x, %second)"
                        + " %sum: f32[batch,sequence,8] = Add (%flat, %run)",
                "%sum: f32[batch,sequence,8] = Add (%flat, %x) =>"
                        + " %soft: f32[batch,sequence,8] = Softmax {axis=1, flattened=false} (%x)"
                        + " %sum: f32[batch,sequence,8] = Add (%flat, %soft)",
                "LayerNormalization {axis=-1 => LayerNormalization {axis=1",
                // Texts meet.
                "%sum: f32[batch,sequence,8] = Add (%flat, %x) =>"
                        + " %mean: f32[1,sequence,8] = ReduceMean {keepDims=true, noopWithEmptyAxes=false} (%x, %zero)"
                        + " %sum: f32[batch,sequence,8] = Add (%flat, %mean)",
                // A change of shape that takes elements from one token to another.
                "%heads: i64[4] = Concat {axis=0} (%n1, %s1, %two, %four) =>"
                        + " %heads: i64[4] = Concat {axis=0} (%n1, %two, %s1, %four)"
                        + "|%qr: f32[batch,sequence,2,4] => %qr: f32[batch,2,sequence,4]"
                        + "|%kr: f32[batch,sequence,2,4] => %kr: f32[batch,2,sequence,4]"
                        + "|%vr: f32[batch,sequence,2,4] => %vr: f32[batch,2,sequence,4]"
                        + "|Transpose {perm=[0, 2, 1, 3]} (%qr) => Identity (%qr)"
                        + "|Transpose {perm=[0, 2, 1, 3]} (%vr) => Identity (%vr)"
                        + "|Transpose {perm=[0, 2, 3, 1]} (%kr) => Transpose {perm=[0, 1, 3, 2]} (%kr)",
                "%flat: f32[batch,sequence,8] = Reshape {allowZero=false} (%turned, %together) =>"
                        + " %flat: f32[batch,sequence,8] = Reshape {allowZero=false} (%mixed, %together)",
                // Another token than the first, or positions from behind.
                "%first: i64[] = constant <0> => %first: i64[] = constant <0> %last: i64[] = constant <-1>"
                        + "|Gather {axis=1} (%y, %first) => Gather {axis=1} (%y, %last)",
                "%p: f32[1,?,8] = Slice (%places, %zero, %s1, %one) =>"
                        + " %s2: i64[1] = Add (%s1, %one) %p: f32[1,?,8] = Slice (%places, %one, %s2, %one)",
                // Lengths among the numbers.
                "%sum: f32[batch,sequence,8] = Add (%flat, %x) =>"
                        + " %length: f32[] = Cast {to=f32} (%s)"
                        + " %sum: f32[batch,sequence,8] = Div (%flat, %length)",
                "return %y, %pool => return %y, %s",
                // Results that are no rows of tokens or texts.
                "return %y, %pool => return %q",
                "return %y, %pool => return %weights",
                // A scale that depends on all tokens.
                "%sum: f32[batch,sequence,8] = Add (%flat, %x) =>"
                        + " %by: u8[batch,sequence,8], %bs: f32[], %bz: u8[] = DynamicQuantizeLinear (%x)"
                        + " %bx: f32[batch,sequence,8] = DequantizeLinear {axis=1, blockSize=0, to=none} (%by, %bs, %bz)"
                        + " %sum: f32[batch,sequence,8] = Add (%flat, %bx)"
            })
    void leavesAlone(String changes) {
        var graph = TextGraph.parse(changed(changes));
        assertThat(TokenPacking.of(graph)).isEmpty();
        // The graph itself is sound.
        var inputs = TextGraph.inputs(new Random(1), TextGraph.texts(5, 3));
        assertThat(Interpreter.run(graph, inputs)).hasSameSizeAs(graph.outputs());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                // Lengths that are numbers, or the same symbol; other inputs.
                "%ids: i64[batch,sequence], %mask: i64[batch,sequence] ; %ids: i64[n,n], %mask: i64[n,n]",
                "%mask: i64[batch,sequence]) ; %mask: i64[batch,sequence], %past: f32[batch,2,past,4])",
                // Names that packing gives.
                "%y ; %packed/positions"
            })
    void leavesOtherInputsAlone(String old, String other) {
        assertThat(TokenPacking.of(TextGraph.parse(TextGraph.TEXT.replace(old, other))))
                .isEmpty();
    }
}
