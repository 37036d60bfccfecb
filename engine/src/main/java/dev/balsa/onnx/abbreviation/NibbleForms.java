package dev.balsa.onnx.abbreviation;

import static dev.balsa.onnx.abbreviation.Abbreviation.microsoft;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.ir.elementwise.BitShift;
import dev.balsa.ir.elementwise.BitwiseAnd;
import dev.balsa.tensor.DataType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// com.microsoft MatMulNBits, version 1, of 4 and 8 bits: the product with weights that become floats by a scale
/// and zero point for each block along the depth. Constant weights become floats while the model is loaded.
final class NibbleForms {
    private static final int ZERO_POINTS = 3;

    private NibbleForms() {}

    static List<Abbreviation> all() {
        var zeroPoints = new HashSet<>(Schema.FLOATS);
        zeroPoints.add(DataType.UINT8);
        return List.of(new Abbreviation(
                microsoft("MatMulNBits")
                        .in("A", Schema.FLOATS)
                        .in("B", Set.of(DataType.UINT8))
                        .in("scales", Schema.FLOATS)
                        .optional("zero_points", zeroPoints)
                        .optional("g_idx", Set.of(DataType.INT32))
                        .optional("bias", Schema.FLOATS)
                        .out("Y"),
                node -> List.of(product(node))));
    }

    private static Value product(NodeReader node) {
        if (node.input(4).isPresent()) {
            throw node.unsupported("g_idx, another order of the depth");
        }
        var nodes = new Nodes(node);
        int bits = (int) node.integer("bits", 4);
        if (bits != 4 && bits != 8) {
            throw node.unsupported("weights of " + bits + " bits; offered are 4 and 8");
        }
        long depth = node.integer("K");
        long columns = node.integer("N");
        long block = node.integer("block_size");
        if (depth < 1 || columns < 1 || block < 16 || Long.bitCount(block) != 1) {
            throw node.malformed(
                    "attributes \"K\", \"N\" and \"block_size\": expected positive numbers, and a power of 2 "
                            + "of at least 16, found " + depth + ", " + columns + " and " + block);
        }
        long blocks = Math.ceilDiv(depth, block);
        var type = node.input(0).type().dtype();
        var integers = nodes.cast(nodes.reshape(unpacked(nodes, node.input(1), bits), columns, blocks, block), type);
        var centred = nodes.subtract(integers, zeroPoints(nodes, bits, columns, blocks, type));
        var scales = nodes.reshape(nodes.cast(node.input(2), type), columns, blocks, 1);
        var weights = nodes.reshape(nodes.multiply(centred, scales), columns, blocks * block);
        var turned = nodes.op(new Transpose(List.of(1L, 0L)), nodes.slice(weights, 1, 0, depth));
        return nodes.addIfPresent(nodes.op(new MatMul(), node.input(0), turned), node.input(5));
    }

    /// Of two integers in a byte the first one is in the lower half.
    private static Value unpacked(Nodes nodes, Value bytes, int bits) {
        if (bits == 8) {
            return bytes;
        }
        var low = nodes.op(new BitwiseAnd(), bytes, nodes.number(DataType.UINT8, 15));
        var high = nodes.op(new BitShift(false), bytes, nodes.number(DataType.UINT8, 4));
        return nodes.concat(-1, nodes.unsqueeze(low, -1), nodes.unsqueeze(high, -1));
    }

    private static Value zeroPoints(Nodes nodes, int bits, long columns, long blocks, DataType type) {
        var given = nodes.node().input(ZERO_POINTS);
        if (!given.isPresent()) {
            return nodes.number(type, 1 << bits - 1);
        }
        if (given.type().dtype().isFloat()) {
            return nodes.reshape(nodes.cast(given, type), columns, blocks, 1);
        }
        // Each column begins with a byte of its own.
        long perColumn = Math.ceilDiv(blocks * bits, Byte.SIZE) * Byte.SIZE / bits;
        var all = nodes.reshape(unpacked(nodes, given, bits), columns, perColumn);
        return nodes.unsqueeze(nodes.cast(nodes.slice(all, 1, 0, blocks), type), 2);
    }
}
