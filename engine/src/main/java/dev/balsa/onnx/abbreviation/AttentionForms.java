package dev.balsa.onnx.abbreviation;

import static dev.balsa.onnx.abbreviation.Abbreviation.microsoft;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.Value;
import dev.balsa.ir.attention.Attention;
import dev.balsa.ir.attention.ScoreStage;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.ir.elementwise.Less;
import dev.balsa.tensor.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// com.microsoft MultiHeadAttention, Attention and QAttention, version 1, as Attention of ai.onnx: with the
/// products and biases before, and masks of several kinds as numbers to add.
final class AttentionForms {
    /// What is added to scores of keys that do not count, unless the node says otherwise.
    private static final float FILTER = -10_000;

    private static final Set<DataType> MASKS = Set.of(DataType.INT32);
    private static final Set<DataType> BYTES = Set.of(DataType.INT8, DataType.UINT8);
    private static final Set<DataType> FLOAT = Set.of(DataType.FLOAT32);

    private AttentionForms() {}

    static List<Abbreviation> all() {
        return List.of(
                new Abbreviation(
                        microsoft("MultiHeadAttention")
                                .in("query", Schema.FLOATS)
                                .optional("key", Schema.FLOATS)
                                .optional("value", Schema.FLOATS)
                                .optional("bias", Schema.FLOATS)
                                .optional("key_padding_mask", MASKS)
                                .optional("attention_bias", Schema.FLOATS)
                                .optional("past_key", Schema.FLOATS)
                                .optional("past_value", Schema.FLOATS)
                                .out("output")
                                .optionalOut("present_key")
                                .optionalOut("present_value"),
                        AttentionForms::multiHead),
                new Abbreviation(
                        microsoft("Attention")
                                .in("input", Schema.FLOATS)
                                .in("weights", Schema.FLOATS)
                                .optional("bias", Schema.FLOATS)
                                .optional("mask_index", MASKS)
                                .optional("past", Schema.FLOATS)
                                .optional("attention_bias", Schema.FLOATS)
                                .out("output")
                                .optionalOut("present"),
                        node -> {
                            var nodes = new Nodes(node);
                            var all = nodes.op(new MatMul(), node.input(0), node.input(1));
                            var sum = nodes.addIfPresent(all, node.input(2));
                            return together(nodes, sum, 3, 4, node.input(5));
                        }),
                new Abbreviation(
                        microsoft("QAttention")
                                .in("input", BYTES)
                                .in("weight", BYTES)
                                .in("bias", FLOAT)
                                .in("input_scale", FLOAT)
                                .in("weight_scale", FLOAT)
                                .optional("mask_index", MASKS)
                                .optional("input_zero_point", BYTES)
                                .optional("weight_zero_point", BYTES)
                                .optional("past", FLOAT)
                                .out("output")
                                .optionalOut("present"),
                        node -> together(new Nodes(node), IntegerForms.attention(node), 5, 8, Value.NONE)));
    }

    private static List<Value> multiHead(NodeReader node) {
        var nodes = new Nodes(node);
        long heads = node.integer("num_heads");
        var parts = parts(nodes);
        if (node.input(3).isPresent()) {
            addBias(nodes, parts);
        }
        var mask = mask(nodes, 4, parts.get(1), node.input(6));
        mask = mask.isPresent() ? nodes.addIfPresent(mask, node.input(5)) : node.input(5);
        return attention(nodes, heads, parts, mask, node.input(6), node.input(7));
    }

    /// Queries, keys and values, packed or as heads, however they came.
    private static List<Value> parts(Nodes nodes) {
        var node = nodes.node();
        var parts = new ArrayList<Value>();
        if (!node.input(1).isPresent()) {
            // [batch, length, heads, 3, size]
            for (int i = 0; i < 3; i++) {
                parts.add(nodes.reshape(nodes.part(node.input(0), 3, i), 0, 0, -1));
            }
        } else if (!node.input(2).isPresent()) {
            // [batch, length, heads, 2, size]
            parts.add(node.input(0));
            for (int i = 0; i < 2; i++) {
                parts.add(nodes.reshape(nodes.part(node.input(1), 3, i), 0, 0, -1));
            }
        } else {
            parts.addAll(List.of(node.input(0), node.input(1), node.input(2)));
        }
        return parts;
    }

    private static void addBias(Nodes nodes, List<Value> parts) {
        var bias = nodes.node().input(3);
        long at = 0;
        for (int i = 0; i < parts.size(); i++) {
            var shape = parts.get(i).type().shape();
            if (!shape.hasRank() || shape.rank() != 3 || !shape.dim(2).isKnown()) {
                throw nodes.node().unsupported("a bias where sizes of heads are not known, or keys come as heads");
            }
            long size = shape.dim(2).get();
            parts.set(i, nodes.add(parts.get(i), nodes.slice(bias, 0, at, at + size)));
            at += size;
        }
    }

    /// Attention whose queries, keys and values were made by one product.
    private static List<Value> together(Nodes nodes, Value all, int maskAt, int pastAt, Value bias) {
        var node = nodes.node();
        if (node.integer("do_rotary", 0) != 0) {
            throw node.unsupported("do_rotary");
        }
        long heads = node.integer("num_heads");
        var parts = new ArrayList<Value>();
        long at = 0;
        for (long size : sizes(nodes, all)) {
            parts.add(nodes.slice(all, 2, at, at + size));
            at += size;
        }
        var past = node.input(pastAt);
        var pastKey = past.isPresent() ? nodes.part(past, 0, 0) : Value.NONE;
        var pastValue = past.isPresent() ? nodes.part(past, 0, 1) : Value.NONE;
        var mask = mask(nodes, maskAt, parts.get(1), pastKey);
        mask = mask.isPresent() ? nodes.addIfPresent(mask, bias) : bias;
        var results = attention(nodes, heads, parts, mask, pastKey, pastValue);
        if (node.outputs() < 2) {
            return List.of(results.getFirst());
        }
        var present = nodes.concat(0, nodes.unsqueeze(results.get(1), 0), nodes.unsqueeze(results.get(2), 0));
        return List.of(results.getFirst(), present);
    }

    private static List<Long> sizes(Nodes nodes, Value all) {
        var sizes = nodes.node().integers("qkv_hidden_sizes");
        if (sizes.size() == 3) {
            return sizes;
        }
        var shape = all.type().shape();
        if (!shape.hasRank() || !shape.dim(-1).isKnown()) {
            throw nodes.node().unsupported("weights whose width is not known");
        }
        long each = shape.dim(-1).get() / 3;
        return List.of(each, each, each);
    }

    /// Numbers to add, that can be broadcast to `[batch, heads, queries, keys]`, of an integer mask: lengths
    /// `[batch]`, or ones where keys count, `[batch, keys]` or `[batch, queries, keys]`.
    private static Value mask(Nodes nodes, int index, Value key, Value pastKey) {
        var given = nodes.node().input(index);
        if (!given.isPresent()) {
            return Value.NONE;
        }
        var counting = switch (nodes.rank(index)) {
            case 1 -> lengths(nodes, given, key, pastKey);
            case 2 -> nodes.unsqueeze(given, 1, 2);
            case 3 -> nodes.unsqueeze(given, 1);
            default ->
                throw nodes.node()
                        .unsupported("input " + index + ", a mask of rank " + nodes.rank(index)
                                + "; offered are lengths, and masks of rank 2 and 3");
        };
        var type = DataType.FLOAT32;
        var hidden = nodes.subtract(nodes.number(type, 1), nodes.cast(counting, type));
        return nodes.multiply(hidden, nodes.number(type, nodes.node().real("mask_filter_value", FILTER)));
    }

    /// Ones up to the length of each batch entry.
    private static Value lengths(Nodes nodes, Value lengths, Value key, Value pastKey) {
        var batch = key.type().shape().dim(0);
        var count = lengths.type().shape().dim(0);
        if (!batch.equals(count) || pastKey.isPresent()) {
            throw nodes.node()
                    .unsupported("a mask of rank 1 other than one length per batch entry, without a past; found "
                            + count + " numbers for a batch of " + batch);
        }
        var places = nodes.places(key, key.type().shape().rank() - 2);
        var each = nodes.unsqueeze(nodes.cast(lengths, DataType.INT64), 1, 2, 3);
        return nodes.op(new Less(), places, each);
    }

    private static List<Value> attention(
            Nodes nodes, long heads, List<Value> parts, Value mask, Value pastKey, Value pastValue) {
        var node = nodes.node();
        float scale = node.real("scale", 0);
        var op = new Attention(
                heads,
                heads,
                scale == 0 ? Optional.empty() : Optional.of(scale),
                node.integer("unidirectional", 0) != 0,
                0,
                ScoreStage.PRODUCTS);
        var inputs = new ArrayList<>(parts);
        inputs.addAll(Arrays.asList(mask, pastKey, pastValue));
        while (!inputs.getLast().isPresent()) {
            inputs.removeLast();
        }
        return node.insertSeveral(op, inputs, node.outputs() > 1 ? 3 : 1);
    }
}
