package dev.balsa.rewrite.past;

import dev.balsa.ir.Graph;
import dev.balsa.rewrite.packing.TextGraph;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A small decoder with keys and values of the past, as PyTorch's exporter writes them, in several variants of what
/// differs between models: where positions come from, and how what comes later is hidden.
public final class DecoderGraph {
    private static final String TEXT = """
            graph "g" (%ids: i64[batch,added], %mask: i64[batch,total], %positions: i64[batch,added], %pastK: f32[batch,2,past,4], %pastV: f32[batch,2,past,4]) {
              %table: f32[9,8] = constant <{72}>
              %places: f32[400,8] = constant <{3200}>
              %wq: f32[8,8] = constant <{64}>
              %wk: f32[8,8] = constant <{64}>
              %wv: f32[8,8] = constant <{64}>
              %zero: i64[1] = constant <0>
              %one1: i64[1] = constant <1>
              %two: i64[1] = constant <2>
              %three: i64[1] = constant <3>
              %four: i64[1] = constant <4>
              %eight: i64[1] = constant <8>
              %largest: i64[1] = constant <9223372036854775807>
              %0: i64[] = constant <0>
              %1: i64[] = constant <1>
              %2: i64[] = constant <2>
              %no: f32[] = constant <0.0>
              %low: f32[] = constant <-3.4e38>
              %lowest: f32[] = constant <-Infinity>
              %slope: f32[] = constant <0.3>
              %root: f32[] = constant <2.0>
              %shape: i64[2] = Shape {start=0, end=none} (%ids)
              %n: i64[] = Gather {axis=0} (%shape, %0)
              %n1: i64[1] = Unsqueeze (%n, %zero)
              %s: i64[] = Gather {axis=0} (%shape, %1)
              %s1: i64[1] = Unsqueeze (%s, %zero)
              %pastShape: i64[4] = Shape {start=0, end=none} (%pastK)
              %p: i64[] = Gather {axis=0} (%pastShape, %2)
              %p1: i64[1] = Unsqueeze (%p, %zero)
              %t: i64[] = Add (%p, %s)
              %t1: i64[1] = Unsqueeze (%t, %zero)
              %nextP: i64[] = Add (%p, %1)
              %queries: i64[added] = Range (%0, %s, %1)
              %column: i64[added,1] = Unsqueeze (%queries, %one1)
              %places1: i64[added,1] = Add (%column, %p)
              %keys: i64[past+added] = Range (%0, %t, %1)
              %row: i64[1,past+added] = Unsqueeze (%keys, %zero)
            POSITIONS
              %e: f32[batch,added,8] = Gather {axis=0} (%table, %ids)
              %x: f32[batch,added,8] = Add (%e, %pe)
              %heads: i64[4] = Concat {axis=0} (%n1, %s1, %two, %four)
              %together: i64[3] = Concat {axis=0} (%n1, %s1, %eight)
              %qm: f32[batch,added,8] = MatMul (%x, %wq)
              %km: f32[batch,added,8] = MatMul (%x, %wk)
              %vm: f32[batch,added,8] = MatMul (%x, %wv)
              %qr: f32[batch,added,2,4] = Reshape {allowZero=false} (%qm, %heads)
              %q: f32[batch,2,added,4] = Transpose {perm=[0, 2, 1, 3]} (%qr)
              %kr: f32[batch,added,2,4] = Reshape {allowZero=false} (%km, %heads)
              %k: f32[batch,2,added,4] = Transpose {perm=[0, 2, 1, 3]} (%kr)
              %vr: f32[batch,added,2,4] = Reshape {allowZero=false} (%vm, %heads)
              %v: f32[batch,2,added,4] = Transpose {perm=[0, 2, 1, 3]} (%vr)
            ATTENTION
              %turned: f32[batch,added,2,4] = Transpose {perm=[0, 2, 1, 3]} (%mixed)
              %flat: f32[batch,added,8] = Reshape {allowZero=false} (%turned, %together)
              %y: f32[batch,added,8] = Add (%flat, %x)
              return %y, %presentK, %presentV
            }
            """;

    /// Attention as it is written out; `SCORES` become `%masked`.
    private static final String WRITTEN = """
              %presentK: f32[batch,2,past+added,4] = Concat {axis=2} (%pastK, %k)
              %presentV: f32[batch,2,past+added,4] = Concat {axis=2} (%pastV, %v)
              %kt: f32[batch,2,4,past+added] = Transpose {perm=[0, 1, 3, 2]} (%presentK)
              %products: f32[batch,2,added,past+added] = MatMul (%q, %kt)
              %scores: f32[batch,2,added,past+added] = Div (%products, %root)
            MASK
              %weights: f32[batch,2,added,past+added] = Softmax {axis=-1, flattened=false} (%masked)
              %mixed: f32[batch,2,added,4] = MatMul (%weights, %presentV)
            """;

    private static final String GIVEN = """
              %pe: f32[batch,added,8] = Gather {axis=0} (%places, %positions)
            """;

    private static final String CAUSAL = """
              %seen: bool[added,past+added] = LessOrEqual (%row, %places1)
              %added2: f32[added,past+added] = Where (%seen, %no, %low)
            """;

    private static final String ADDED = """
              %masked: f32[batch,2,added,past+added] = Add (%scores, %added2)
            """;

    private final String text;

    private DecoderGraph(String positions, String attention) {
        text = TEXT.replace("POSITIONS\n", positions).replace("ATTENTION\n", attention);
    }

    private static DecoderGraph masked(String mask) {
        return new DecoderGraph(GIVEN, WRITTEN.replace("MASK\n", mask));
    }

    /// Those of which earlier entries can stay where they are, by what is special about them.
    public static Map<String, DecoderGraph> variants() {
        var variants = new LinkedHashMap<String, DecoderGraph>();
        variants.put("a causal mask that is added", masked(CAUSAL + ADDED));
        variants.put("a mask of padding as well", masked("""
                  %axes: i64[2] = constant <1, 2>
                  %wide: i64[batch,1,1,total] = Unsqueeze (%mask, %axes)
                  %counts: bool[batch,1,1,total] = Greater (%wide, %0)
                  %seen: bool[added,past+added] = LessOrEqual (%row, %places1)
                  %both: bool[batch,1,added,?] = And (%seen, %counts)
                  %added2: f32[batch,1,added,?] = Where (%both, %no, %low)
                  %masked: f32[batch,2,added,?] = Add (%scores, %added2)
                """));
        variants.put("a mask that chooses", masked("""
                  %hides: bool[added,past+added] = Greater (%row, %places1)
                  %masked: f32[batch,2,added,past+added] = Where (%hides, %lowest, %scores)
                """));
        variants.put("a mask that chooses the other way", masked("""
                  %sees: bool[added,past+added] = LessOrEqual (%row, %places1)
                  %masked: f32[batch,2,added,past+added] = Where (%sees, %scores, %lowest)
                """));
        variants.put("a mask that chooses a low number", masked("""
                  %hides: bool[added,past+added] = Greater (%row, %places1)
                  %masked: f32[batch,2,added,past+added] = Where (%hides, %low, %scores)
                """));
        variants.put("a sliding window", masked(CAUSAL + """
                  %far: i64[] = constant <5>
                  %from: i64[added,1] = Sub (%places1, %far)
                  %near: bool[added,past+added] = Greater (%row, %from)
                  %nearby: f32[added,past+added] = Where (%near, %added2, %low)
                  %masked: f32[batch,2,added,past+added] = Add (%nearby, %scores)
                """));
        variants.put("a bias by distance", masked(CAUSAL + """
                  %distance: i64[added,past+added] = Sub (%row, %places1)
                  %far: f32[added,past+added] = Cast {to=f32} (%distance)
                  %bias: f32[added,past+added] = Mul (%far, %slope)
                  %biased: f32[batch,2,added,past+added] = Add (%scores, %bias)
                  %masked: f32[batch,2,added,past+added] = Add (%biased, %added2)
                """));
        variants.put("a bias by the place of keys", masked(CAUSAL + """
                  %far: f32[1,past+added] = Cast {to=f32} (%row)
                  %scaled: f32[1,past+added] = Mul (%far, %slope)
                  %bias: f32[1,past+added] = Sin (%scaled)
                  %biased: f32[batch,2,added,past+added] = Add (%scores, %bias)
                  %masked: f32[batch,2,added,past+added] = Add (%biased, %added2)
                """));
        variants.put("a triangle", masked("""
                  %square: i64[2] = Concat {axis=0} (%s1, %t1)
                  %full: f32[added,past+added] = Expand (%low, %square)
                  %added2: f32[added,past+added] = Trilu {upper=true} (%full, %nextP)
                """ + ADDED));
        variants.put("a mask for the longest of texts", masked("""
                  %long: f32[400,400] = constant <LOWER>
                  %rows: f32[?,400] = Slice (%long, %p1, %t1, %zero)
                  %part: f32[?,?] = Slice (%rows, %zero, %t1, %one1)
                  %masked: f32[?,?,?,?] = Add (%scores, %part)
                """));
        variants.put("positions that are counted", new DecoderGraph("""
                  %counted: i64[added] = Range (%p, %t, %1)
                  %pe: f32[added,8] = Gather {axis=0} (%places, %counted)
                """, WRITTEN.replace("MASK\n", CAUSAL + ADDED)));
        variants.put(
                "positions by what the mask shows", new DecoderGraph("""
                  %sums: i64[batch,total] = CumSum {exclusive=false, reverse=false} (%mask, %1)
                  %before: i64[batch,total] = Sub (%sums, %1)
                  %isPadding: bool[batch,total] = Equal (%mask, %0)
                  %told: i64[batch,total] = Where (%isPadding, %1, %before)
                  %own: i64[batch,?] = Slice (%told, %p1, %largest, %one1)
                  %pe: f32[?,?,8] = Gather {axis=0} (%places, %own)
                """, WRITTEN.replace("MASK\n", CAUSAL + ADDED)));
        variants.put("keys for several heads", new DecoderGraph(GIVEN, """
                  %presentK: f32[batch,2,past+added,4] = Concat {axis=-2} (%pastK, %k)
                  %presentV: f32[batch,2,past+added,4] = Concat {axis=2} (%pastV, %v)
                  %ku: f32[batch,2,1,past+added,4] = Unsqueeze (%presentK, %two)
                  %vu: f32[batch,2,1,past+added,4] = Unsqueeze (%presentV, %two)
                  %spread: i64[5] = Concat {axis=0} (%n1, %two, %two, %t1, %four)
                  %ke: f32[batch,2,2,past+added,4] = Expand (%ku, %spread)
                  %ve: f32[batch,2,2,past+added,4] = Expand (%vu, %spread)
                  %merged: i64[4] = Concat {axis=0} (%n1, %four, %t1, %four)
                  %kr2: f32[batch,4,past+added,4] = Reshape {allowZero=false} (%ke, %merged)
                  %vr2: f32[batch,4,past+added,4] = Reshape {allowZero=false} (%ve, %merged)
                  %q2: f32[batch,4,added,4] = Concat {axis=1} (%q, %v)
                  %kt: f32[batch,4,4,past+added] = Transpose {perm=[0, 1, 3, 2]} (%kr2)
                  %scores: f32[batch,4,added,past+added] = MatMul (%q2, %kt)
                """ + CAUSAL + """
                  %masked: f32[batch,4,added,past+added] = Add (%scores, %added2)
                  %weights: f32[batch,4,added,past+added] = Softmax {axis=-1, flattened=false} (%masked)
                  %all: f32[batch,4,added,4] = MatMul (%weights, %vr2)
                  %mixed: f32[batch,2,added,4] = Slice (%all, %one1, %three, %one1)
                """));
        variants.put("attention in one", new DecoderGraph(GIVEN, """
                  %mixed: f32[batch,2,added,4], %presentK: f32[batch,2,past+added,4], %presentV: f32[batch,2,past+added,4] = Attention {queryHeads=0, heads=0, scale=none, causal=true, cap=0.0, stage=PRODUCTS} (%q, %k, %v, _, %pastK, %pastV)
                """));
        variants.put("attention in one, of packed heads, with a mask", new DecoderGraph(GIVEN, """
                  %axes: i64[2] = constant <1, 2>
                  %wide: i64[batch,1,1,total] = Unsqueeze (%mask, %axes)
                  %counts: bool[batch,1,1,total] = Cast {to=bool} (%wide)
                  %joined: f32[batch,added,8], %presentK: f32[batch,2,past+added,4], %presentV: f32[batch,2,past+added,4] = Attention {queryHeads=2, heads=2, scale=0.7, causal=true, cap=1.5, stage=PRODUCTS} (%qm, %km, %vm, %counts, %pastK, %pastV)
                  %apart: f32[batch,added,2,4] = Reshape {allowZero=false} (%joined, %heads)
                  %mixed: f32[batch,2,added,4] = Transpose {perm=[0, 2, 1, 3]} (%apart)
                """));
        return variants;
    }

    /// Those whose earlier entries matter in other ways, by what these are.
    public static Map<String, DecoderGraph> others() {
        var others = new LinkedHashMap<String, DecoderGraph>();
        others.put(
                "weights that are not hidden",
                new DecoderGraph(
                        GIVEN,
                        WRITTEN.replace("Softmax {axis=-1, flattened=false} (%masked)", "Relu (%scores)")
                                .replace("MASK\n", "")));
        others.put("softmax over queries", masked("""
                  %masked: f32[batch,2,added,past+added] = Identity (%scores)
                """).replaced("Softmax {axis=-1,", "Softmax {axis=-2,"));
        others.put("the mean of keys", masked(CAUSAL + """
                  %mean: f32[batch,2,1,4] = ReduceMean {keepDims=true, noopWithEmptyAxes=false} (%presentK, %two)
                  %mt: f32[batch,2,4,1] = Transpose {perm=[0, 1, 3, 2]} (%mean)
                  %ms: f32[batch,2,added,1] = MatMul (%q, %mt)
                  %centred: f32[batch,2,added,past+added] = Sub (%scores, %ms)
                  %masked: f32[batch,2,added,past+added] = Add (%centred, %added2)
                """));
        others.put("keys without the first", masked(CAUSAL + """
                  %later: f32[batch,2,?,4] = Slice (%presentK, %one1, %largest, %two)
                  %sum: f32[batch,2,1,4] = ReduceSum {keepDims=true, noopWithEmptyAxes=false} (%later, %two)
                  %st: f32[batch,2,4,1] = Transpose {perm=[0, 1, 3, 2]} (%sum)
                  %ms: f32[batch,2,added,1] = MatMul (%q, %st)
                  %moved: f32[batch,2,added,past+added] = Sub (%scores, %ms)
                  %masked: f32[batch,2,added,past+added] = Add (%moved, %added2)
                """));
        others.put("the first key", masked(CAUSAL + """
                  %first: f32[batch,2,1,4] = Slice (%presentK, %zero, %one1, %two)
                  %ft: f32[batch,2,4,1] = Transpose {perm=[0, 1, 3, 2]} (%first)
                  %ms: f32[batch,2,added,1] = MatMul (%q, %ft)
                  %moved: f32[batch,2,added,past+added] = Sub (%scores, %ms)
                  %masked: f32[batch,2,added,past+added] = Add (%moved, %added2)
                """));
        others.put("the past by itself", masked(CAUSAL + """
                  %sum: f32[batch,2,1,4] = ReduceSum {keepDims=true, noopWithEmptyAxes=false} (%pastK, %two)
                  %st: f32[batch,2,4,1] = Transpose {perm=[0, 1, 3, 2]} (%sum)
                  %ms: f32[batch,2,added,1] = MatMul (%q, %st)
                  %moved: f32[batch,2,added,past+added] = Sub (%scores, %ms)
                  %masked: f32[batch,2,added,past+added] = Add (%moved, %added2)
                """));
        others.put(
                "keys divided by their norms, of which there are none in the gap",
                new DecoderGraph(GIVEN, WRITTEN.replace("""
                                  %kt: f32[batch,2,4,past+added] = Transpose {perm=[0, 1, 3, 2]} (%presentK)
                                """, """
                                  %squares: f32[batch,2,past+added,4] = Mul (%presentK, %presentK)
                                  %unit: f32[batch,2,past+added,4] = Div (%squares, %presentK)
                                  %kt: f32[batch,2,4,past+added] = Transpose {perm=[0, 1, 3, 2]} (%unit)
                                """).replace("MASK\n", CAUSAL + ADDED)));
        others.put("one of the first masks, told from its end", masked("""
                  %long: f32[1,700] = constant <{700}>
                  %back: i64[1] = constant <-690>
                  %part: f32[1,?] = Slice (%long, %back, %t1, %one1)
                  %width: f32[] = ReduceSum {keepDims=false, noopWithEmptyAxes=false} (%part)
                """ + CAUSAL + """
                  %moved: f32[batch,2,added,past+added] = Mul (%scores, %width)
                  %masked: f32[batch,2,added,past+added] = Add (%moved, %added2)
                """));
        others.put("the last key but one, which there may not be", masked(CAUSAL + """
                  %lastTwo: i64[2] = constant <-2, -1>
                  %last: f32[batch,2,2,4] = Gather {axis=2} (%presentK, %lastTwo)
                  %sum: f32[batch,2,1,4] = ReduceSum {keepDims=true, noopWithEmptyAxes=false} (%last, %two)
                  %st: f32[batch,2,4,1] = Transpose {perm=[0, 1, 3, 2]} (%sum)
                  %ms: f32[batch,2,added,1] = MatMul (%q, %st)
                  %moved: f32[batch,2,added,past+added] = Sub (%scores, %ms)
                  %masked: f32[batch,2,added,past+added] = Add (%moved, %added2)
                """));
        others.put("a triangle that stays", masked("""
                  %square: i64[2] = Concat {axis=0} (%s1, %t1)
                  %full: f32[added,past+added] = Expand (%low, %square)
                  %added2: f32[added,past+added] = Trilu {upper=true} (%full, %1)
                """ + ADDED));
        others.put("a number of keys that counts", masked(CAUSAL + """
                  %many: f32[] = Cast {to=f32} (%t)
                  %less: f32[] = Sqrt (%many)
                  %divided: f32[batch,2,added,past+added] = Div (%scores, %less)
                  %sumOfAll: i64[1] = ReduceSum {keepDims=true, noopWithEmptyAxes=false} (%keys, %zero)
                  %large: f32[1] = Cast {to=f32} (%sumOfAll)
                  %tiny: f32[1] = Reciprocal (%large)
                  %moved: f32[batch,2,added,past+added] = Mul (%divided, %tiny)
                  %masked: f32[batch,2,added,past+added] = Add (%moved, %added2)
                """));
        others.put("weights that are given out", masked(CAUSAL + ADDED).replaced("return %y,", "return %weights,"));
        return others;
    }

    private DecoderGraph replaced(String from, String to) {
        return new DecoderGraph(text.replace(from, to));
    }

    private DecoderGraph(String text) {
        this.text = text;
    }

    /// The graph.
    public Graph graph() {
        return TextGraph.parse(text.contains("LOWER") ? text.replace("LOWER", lower()) : text);
    }

    private static String lower() {
        var numbers = new StringBuilder();
        for (int row = 0; row < 400; row++) {
            for (int column = 0; column < 400; column++) {
                numbers.append(numbers.isEmpty() ? "" : ", ").append(column <= row ? "0.0" : "-1.0e5");
            }
        }
        return numbers.toString();
    }

    /// Numbers of tokens, a mask with some padding at the beginning of each text, and positions.
    ///
    /// @param length how many entries there are
    /// @param padding of each text
    public static List<Tensor> inputs(Random random, int length, int added, int... padding) {
        var ids = Tensor.allocate(DataType.INT64, Shape.of(padding.length, added));
        var mask = Tensor.allocate(DataType.INT64, Shape.of(padding.length, (long) length + added));
        var positions = Tensor.allocate(DataType.INT64, Shape.of(padding.length, added));
        for (int text = 0; text < padding.length; text++) {
            for (int i = 0; i < added; i++) {
                ids.setLong((long) text * added + i, random.nextInt(9));
                positions.setLong((long) text * added + i, Math.max(0, length + i - padding[text]));
            }
            for (int i = padding[text]; i < length + added; i++) {
                mask.setLong((long) text * (length + added) + i, 1);
            }
        }
        return new ArrayList<>(List.of(ids, mask, positions));
    }
}
