package dev.balsa.onnx.abbreviation;

import static dev.balsa.onnx.abbreviation.Abbreviation.microsoft;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Pad;
import dev.balsa.ir.assembly.TensorScatter;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.attention.Attention;
import dev.balsa.ir.attention.RotaryEmbedding;
import dev.balsa.ir.attention.ScoreStage;
import dev.balsa.ir.elementwise.Greater;
import dev.balsa.ir.elementwise.Max;
import dev.balsa.tensor.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// com.microsoft GroupQueryAttention, version 1: new keys and values are written into the cache, each batch
/// entry's behind those that it has, and queries see the keys of the cache up to their own place.
///
/// The cache grows as far as `total_sequence_length` says, which models take from the shape of their mask, so
/// that it is known once shapes are.
final class GroupQueryForms {
    private static final int KEY = 1;
    private static final int VALUE = 2;
    private static final int PAST_KEY = 3;
    private static final int PAST_VALUE = 4;
    private static final int LAST_PLACES = 5;
    private static final int TOTAL = 6;
    private static final int COSINES = 7;
    private static final int SINES = 8;
    private static final int POSITIONS = 9;
    private static final int BIAS = 10;
    private static final long MOST_HEADS = 1 << 16;

    private final NodeReader node;
    private final Nodes nodes;
    private final long queryHeads;
    private final long heads;
    private final long size;
    /// For each batch entry the place of its first query, `[batch]`.
    private final Value first;

    private GroupQueryForms(NodeReader node) {
        this.node = node;
        nodes = new Nodes(node);
        queryHeads = node.integer("num_heads");
        heads = node.integer("kv_num_heads");
        if (Math.min(queryHeads, heads) < 1 || Math.max(queryHeads, heads) > MOST_HEADS) {
            throw node.malformed("attributes \"num_heads\" and \"kv_num_heads\": expected 1 to " + MOST_HEADS
                    + ", found " + queryHeads + " and " + heads);
        }
        boolean isPacked = !node.input(KEY).isPresent();
        size = nodes.dim(0, nodes.rank(0) - 1) / (isPacked ? queryHeads + 2 * heads : queryHeads);
        if (size < 1) {
            throw node.malformed("input 0 \"query\": expected rows of " + queryHeads + " heads"
                    + (isPacked ? ", and of " + heads + " for keys and values each" : "") + ", found shape "
                    + node.input(0).type().shape());
        }
        // The number of the last key of each, which is one less than there are, less the queries; padded prompts have
        // more queries than keys, and begin at 0.
        var last = nodes.reshape(nodes.cast(node.input(LAST_PLACES), DataType.INT64), -1);
        var one = nodes.number(DataType.INT64, 1);
        var before = nodes.subtract(nodes.add(last, one), nodes.length(node.input(0), 1));
        first = nodes.op(new Max(), before, nodes.number(DataType.INT64, 0));
    }

    static List<Abbreviation> all() {
        return List.of(new Abbreviation(
                microsoft("GroupQueryAttention")
                        .in("query", Schema.FLOATS)
                        .optional("key", Schema.FLOATS)
                        .optional("value", Schema.FLOATS)
                        .optional("past_key", Schema.FLOATS)
                        .optional("past_value", Schema.FLOATS)
                        .in("seqlens_k", Set.of(DataType.INT32))
                        .in("total_sequence_length", Set.of(DataType.INT32))
                        .optional("cos_cache", Schema.FLOATS)
                        .optional("sin_cache", Schema.FLOATS)
                        .optional("position_ids", Set.of(DataType.INT64))
                        .optional("attention_bias", Schema.FLOATS)
                        .optional("head_sink", Schema.FLOATS)
                        .out("output")
                        .optionalOut("present_key")
                        .optionalOut("present_value"),
                node -> new GroupQueryForms(node).attention()));
    }

    private List<Value> attention() {
        if (node.input(BIAS + 1).isPresent() || node.integer("smooth_softmax", 0) > 0) {
            throw node.unsupported("head_sink and smooth_softmax");
        }
        var query = node.input(0);
        var key = node.input(KEY);
        var value = node.input(VALUE);
        if (!key.isPresent()) {
            long keysAt = queryHeads * size;
            long valuesAt = keysAt + heads * size;
            key = nodes.slice(query, 2, keysAt, valuesAt);
            value = nodes.slice(query, 2, valuesAt, valuesAt + heads * size);
            query = nodes.slice(query, 2, 0, keysAt);
        }
        if (node.integer("do_rotary", 0) != 0) {
            query = turned(query, queryHeads);
            key = turned(key, heads);
        }
        var keys = cache(PAST_KEY, key);
        var values = cache(PAST_VALUE, value);
        float scale = node.real("scale", 0);
        var op = new Attention(
                queryHeads,
                heads,
                scale == 0 ? Optional.empty() : Optional.of(scale),
                true,
                node.real("softcap", 0),
                ScoreStage.PRODUCTS);
        // Without a past the last query is at the last key anyway, also where prompts are padded.
        var counts = node.input(PAST_KEY).isPresent() ? nodes.add(first, nodes.length(node.input(0), 1)) : Value.NONE;
        var inputs = new ArrayList<>(Arrays.asList(query, keys, values, mask(keys), Value.NONE, Value.NONE, counts));
        while (!inputs.getLast().isPresent()) {
            inputs.removeLast();
        }
        return List.of(node.insert(op, inputs), keys, values);
    }

    private Value turned(Value x, long count) {
        long half = nodes.dim(COSINES, 1);
        long rotated = 2 * half == size ? 0 : 2 * half;
        var op = new RotaryEmbedding(node.integer("rotary_interleaved", 0) != 0, count, rotated);
        return nodes.op(op, x, node.input(COSINES), node.input(SINES), positions());
    }

    /// The place of each query, `[batch, length]`.
    private Value positions() {
        var given = node.input(POSITIONS);
        return given.isPresent() ? given : nodes.add(nodes.unsqueeze(first, 1), nodes.places(node.input(0), 1));
    }

    /// All keys, or values, `[batch, heads, length, size]`.
    private Value cache(int pastAt, Value packed) {
        var added = nodes.op(new Transpose(List.of(0L, 2L, 1L, 3L)), nodes.reshape(packed, 0, 0, heads, size));
        var past = node.input(pastAt);
        if (!past.isPresent()) {
            return added;
        }
        var total = nodes.reshape(nodes.cast(node.input(TOTAL), DataType.INT64), 1);
        var missing =
                nodes.op(new Max(), nodes.subtract(total, nodes.length(past, 2)), nodes.number(DataType.INT64, 0));
        var pads = nodes.concat(0, nodes.integers(0, 0, 0, 0, 0, 0), missing, nodes.integers(0));
        var zero = nodes.number(past.type().dtype(), 0);
        var longer = nodes.op(new Pad(Pad.Mode.CONSTANT), past, pads, zero);
        return nodes.op(new TensorScatter(2, false), longer, added, first);
    }

    /// What is added, or where keys are near enough.
    private Value mask(Value keys) {
        long window = node.integer("local_window_size", -1);
        var bias = node.input(BIAS);
        if (window <= 0) {
            return bias;
        }
        if (bias.isPresent()) {
            throw node.unsupported("attention_bias with a local window");
        }
        var places = nodes.add(nodes.unsqueeze(first, 1), nodes.places(node.input(0), 1));
        var behind = nodes.subtract(places, nodes.number(DataType.INT64, (double) window));
        // [batch, 1, queries, 1] with [keys]
        return nodes.op(new Greater(), nodes.places(keys, 2), nodes.unsqueeze(behind, 1, 3));
    }
}
