package dev.balsa.ir.attention;

import dev.balsa.error.ModelFormatException;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Scaled dot-product attention: `softmax(cap(scale * Q K^T) + mask) V` for every head (ONNX Attention, opset 23 to
/// 24).
///
/// Inputs: query, key, value as heads (rank 4) or packed (rank 3); a mask that can be broadcast to
/// `[batch, heads, queries, keys]`, either numbers to add or true where a key counts; keys and values of earlier calls,
/// `[batch, heads, length, size]`, which come before the new ones; the number of keys that count per batch entry.
/// Outputs: the results, shaped as the query is; all keys and all values for the next call; the scores. With more query
/// heads than others, neighbours share keys and values. A query that no key counts for gives zeros.
///
/// (`softmax_precision` is met by any precision.)
///
/// @param queryHeads the number of heads of a packed query, or 0
/// @param heads the number of heads of packed keys and values, or 0
/// @param scale what products are multiplied by; empty for one over the root of the head size
/// @param causal whether a query sees only the keys up to its own place, where the last query has the place of the last
///     key of those that count
/// @param cap scores are limited to `cap * tanh(score / cap)`; 0 for no limit
/// @param stage which scores the last output gives
public record Attention(long queryHeads, long heads, Optional<Float> scale, boolean causal, float cap, ScoreStage stage)
        implements Attending {
    private static final Set<DataType> MASKS = masks();

    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Attention")
            .since(23)
            .in("Q", Schema.FLOATS)
            .in("K", Schema.FLOATS)
            .in("V", Schema.FLOATS)
            .optional("attn_mask", MASKS)
            .optional("past_key", Schema.FLOATS)
            .optional("past_value", Schema.FLOATS)
            .optional("nonpad_kv_seqlen", Set.of(DataType.INT64))
            .out("Y")
            .optionalOut("present_key")
            .optionalOut("present_value")
            .optionalOut("qk_matmul_output")
            .reader(Attention::read);

    static final int MASK = 3;
    static final int PAST_KEY = 4;
    static final int PAST_VALUE = 5;
    static final int COUNTS = 6;

    /// Checks the numbers.
    public Attention {
        Heads.checkCount("q_num_heads", queryHeads);
        Heads.checkCount("kv_num_heads", heads);
        if (!(cap >= 0)) {
            throw new ModelFormatException(
                    "attribute \"softcap\": expected a number of at least 0, found " + cap + "; check the model");
        }
    }

    private static Set<DataType> masks() {
        var types = new ArrayList<>(Schema.NUMERIC);
        types.add(DataType.BOOL);
        return Set.copyOf(types);
    }

    private static Attention read(NodeReader node) {
        if (node.input(PAST_KEY).isPresent() != node.input(PAST_VALUE).isPresent()) {
            throw node.malformed("inputs 4 \"past_key\" and 5 \"past_value\": expected both or none");
        }
        var precision = node.dtype("softmax_precision");
        if (precision.isPresent() && !precision.get().isFloat()) {
            throw node.malformed(
                    "attribute \"softmax_precision\": expected a floating-point type, found " + precision.get());
        }
        return new Attention(
                node.integer("q_num_heads", 0),
                node.integer("kv_num_heads", 0),
                node.has("scale") ? Optional.of(node.real("scale", 0)) : Optional.empty(),
                node.integer("is_causal", 0) != 0,
                node.real("softcap", 0),
                stage(node));
    }

    private static ScoreStage stage(NodeReader node) {
        long mode = node.integer("qk_matmul_output_mode", 0);
        if (mode < 0 || mode > 3) {
            throw node.malformed("attribute \"qk_matmul_output_mode\": expected 0 to 3, found " + mode);
        }
        return switch ((int) mode) {
            case 0 -> ScoreStage.PRODUCTS;
            case 1 -> ScoreStage.CAPPED;
            case 2 -> ScoreStage.MASKED;
            default -> ScoreStage.PROBABILITIES;
        };
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var shapes = new ArrayList<Optional<SymbolicShape>>();
        for (int i = 0; i <= COUNTS; i++) {
            shapes.add(in.has(i) ? Optional.of(in.shape(i)) : Optional.empty());
        }
        if (shapes.stream().flatMap(Optional::stream).anyMatch(shape -> !shape.hasRank())) {
            return types(in, Collections.nCopies(4, SymbolicShape.UNKNOWN));
        }
        var s = AttentionShapes.of(this, shapes);
        return types(in, List.of(s.y(), s.presentKey(), s.presentValue(), s.scores()));
    }

    private static List<TensorType> types(Inference in, List<SymbolicShape> shapes) {
        return List.of(
                in.type(0).withShape(shapes.get(0)),
                in.type(1).withShape(shapes.get(1)),
                in.type(2).withShape(shapes.get(2)),
                in.type(0).withShape(shapes.get(3)));
    }

    @Override
    public void evaluate(Evaluation run) {
        new AttentionWalk(this, run).run();
    }
}
