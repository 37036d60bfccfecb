package dev.balsa.onnx.abbreviation;

import static dev.balsa.onnx.abbreviation.Abbreviation.microsoft;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Expand;
import dev.balsa.ir.attention.RotaryEmbedding;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Set;

/// com.microsoft RotaryEmbedding, version 1: the operator of the same name of ai.onnx, whose tables come after
/// the positions, which may be told by the first one.
final class RotaryForms {
    private static final int POSITIONS = 1;
    private static final int COSINES = 2;
    private static final int SINES = 3;

    private RotaryForms() {}

    static List<Abbreviation> all() {
        return List.of(new Abbreviation(
                microsoft("RotaryEmbedding")
                        .in("input", Schema.FLOATS)
                        .in("position_ids", Set.of(DataType.INT64))
                        .in("cos_cache", Schema.FLOATS)
                        .in("sin_cache", Schema.FLOATS)
                        .out("output"),
                node -> List.of(rotary(node))));
    }

    private static Value rotary(NodeReader node) {
        if (node.integer("is_packed_batching", 0) != 0) {
            throw node.unsupported("is_packed_batching; offered is one length for all of a batch");
        }
        var nodes = new Nodes(node);
        long rotated = node.integer("rotary_embedding_dim", 0);
        long heads = node.integer("num_heads", 0);
        if (heads == 0 && nodes.rank(0) == 3) {
            heads = nodes.dim(0, 2) / Math.max(1, 2 * nodes.dim(COSINES, 1));
        }
        var y = nodes.op(
                new RotaryEmbedding(node.integer("interleaved", 0) != 0, heads, rotated),
                node.input(0),
                node.input(COSINES),
                node.input(SINES),
                positions(nodes));
        float scale = node.real("scale", 1);
        return scale == 1 ? y : nodes.multiply(y, nodes.number(y.type().dtype(), scale));
    }

    private static Value positions(Nodes nodes) {
        var given = nodes.node().input(POSITIONS);
        if (nodes.rank(POSITIONS) == 2) {
            return given;
        }
        var x = nodes.node().input(0);
        int axis = nodes.rank(0) - 2;
        var each = nodes.add(nodes.places(x, axis), given);
        return nodes.op(new Expand(), each, nodes.concat(0, nodes.length(x, 0), nodes.length(x, axis)));
    }
}
