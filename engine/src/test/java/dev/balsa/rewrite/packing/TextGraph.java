package dev.balsa.rewrite.packing;

import dev.balsa.ir.Graph;
import dev.balsa.ir.text.GraphText;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A small transformer of texts, as PyTorch's exporter writes them: embeddings of tokens and positions, attention
/// of two heads with an additive mask, a residual, a norm, and a pooled output of the first token.
public final class TextGraph {
    /// The text of the graph; `{N}` is N random numbers.
    public static final String TEXT = """
            graph "g" (%ids: i64[batch,sequence], %mask: i64[batch,sequence]) {
              %table: f32[9,8] = constant <{72}>
              %places: f32[1,40,8] = constant <{320}>
              %wq: f32[8,8] = constant <{64}>
              %wk: f32[8,8] = constant <{64}>
              %wv: f32[8,8] = constant <{64}>
              %wp: f32[8,3] = constant <{24}>
              %gain: f32[8] = constant <{8}>
              %zero: i64[1] = constant <0>
              %one: i64[1] = constant <1>
              %two: i64[1] = constant <2>
              %four: i64[1] = constant <4>
              %eight: i64[1] = constant <8>
              %axes: i64[2] = constant <1, 2>
              %first: i64[] = constant <0>
              %second: i64[] = constant <1>
              %unit: f32[] = constant <1.0>
              %low: f32[] = constant <-10000.0>
              %root: f32[] = constant <2.0>
              %seen: f32[batch,sequence] = Cast {to=f32} (%mask)
              %wide: f32[batch,1,1,sequence] = Unsqueeze (%seen, %axes)
              %padding: f32[batch,1,1,sequence] = Sub (%unit, %wide)
              %added: f32[batch,1,1,sequence] = Mul (%padding, %low)
              %shape: i64[2] = Shape {start=0, end=none} (%ids)
              %n: i64[] = Gather {axis=0} (%shape, %first)
              %n1: i64[1] = Unsqueeze (%n, %zero)
              %s: i64[] = Gather {axis=0} (%shape, %second)
              %s1: i64[1] = Unsqueeze (%s, %zero)
              %p: f32[1,?,8] = Slice (%places, %zero, %s1, %one)
              %e: f32[batch,sequence,8] = Gather {axis=0} (%table, %ids)
              %x: f32[batch,sequence,8] = Add (%e, %p)
              %heads: i64[4] = Concat {axis=0} (%n1, %s1, %two, %four)
              %together: i64[3] = Concat {axis=0} (%n1, %s1, %eight)
              %qm: f32[batch,sequence,8] = MatMul (%x, %wq)
              %qr: f32[batch,sequence,2,4] = Reshape {allowZero=false} (%qm, %heads)
              %q: f32[batch,2,sequence,4] = Transpose {perm=[0, 2, 1, 3]} (%qr)
              %km: f32[batch,sequence,8] = MatMul (%x, %wk)
              %kr: f32[batch,sequence,2,4] = Reshape {allowZero=false} (%km, %heads)
              %k: f32[batch,2,4,sequence] = Transpose {perm=[0, 2, 3, 1]} (%kr)
              %vm: f32[batch,sequence,8] = MatMul (%x, %wv)
              %vr: f32[batch,sequence,2,4] = Reshape {allowZero=false} (%vm, %heads)
              %v: f32[batch,2,sequence,4] = Transpose {perm=[0, 2, 1, 3]} (%vr)
              %scores: f32[batch,2,sequence,sequence] = MatMul (%q, %k)
              %scaled: f32[batch,2,sequence,sequence] = Div (%scores, %root)
              %masked: f32[batch,2,sequence,sequence] = Add (%scaled, %added)
              %weights: f32[batch,2,sequence,sequence] = Softmax {axis=-1, flattened=false} (%masked)
              %mixed: f32[batch,2,sequence,4] = MatMul (%weights, %v)
              %turned: f32[batch,sequence,2,4] = Transpose {perm=[0, 2, 1, 3]} (%mixed)
              %flat: f32[batch,sequence,8] = Reshape {allowZero=false} (%turned, %together)
              %sum: f32[batch,sequence,8] = Add (%flat, %x)
              %y: f32[batch,sequence,8] = LayerNormalization {axis=-1, epsilon=1.0E-5, stash=f32} (%sum, %gain)
              %cls: f32[batch,8] = Gather {axis=1} (%y, %first)
              %pm: f32[batch,3] = MatMul (%cls, %wp)
              %pool: f32[batch,3] = Tanh (%pm)
              return %y, %pool
            }
            """;

    private TextGraph() {}

    /// The graph.
    public static Graph graph() {
        return parse(TEXT);
    }

    /// A graph of a text with numbers left open, always the same.
    public static Graph parse(String text) {
        var random = new Random(11);
        return GraphText.parse(Pattern.compile("\\{(\\d+)}")
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(random.doubles(Integer.parseInt(match.group(1)), -1, 1)
                        .mapToObj(number -> String.format(Locale.ROOT, "%.3f", number))
                        .collect(Collectors.joining(", ")))));
    }

    /// Random numbers of tokens, and the mask.
    ///
    /// @param isToken by text and place
    public static List<Tensor> inputs(Random random, boolean[][] isToken) {
        var shape = Shape.of(isToken.length, isToken[0].length);
        var ids = Tensor.allocate(DataType.INT64, shape);
        var mask = Tensor.allocate(DataType.INT64, shape);
        int at = 0;
        for (var text : isToken) {
            for (boolean token : text) {
                ids.setLong(at, random.nextInt(9));
                mask.setLong(at++, token ? 1 : 0);
            }
        }
        return List.of(ids, mask);
    }

    /// Texts of these lengths, padded at the end.
    public static boolean[][] texts(int... lengths) {
        int longest = Arrays.stream(lengths).max().orElseThrow();
        var texts = new boolean[lengths.length][longest];
        for (int text = 0; text < lengths.length; text++) {
            Arrays.fill(texts[text], 0, lengths[text], true);
        }
        return texts;
    }
}
