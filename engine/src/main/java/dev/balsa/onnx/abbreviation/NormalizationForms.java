package dev.balsa.onnx.abbreviation;

import static dev.balsa.onnx.abbreviation.Abbreviation.microsoft;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Slice;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.ir.indexing.Gather;
import dev.balsa.ir.leaf.Shape;
import dev.balsa.ir.normalization.LayerNormalization;
import dev.balsa.ir.normalization.RmsNormalization;
import dev.balsa.ir.reduction.ReduceSum;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Normalisations with the sums before: com.microsoft SkipLayerNormalization, SkipSimplifiedLayerNormalization
/// and EmbedLayerNormalization, version 1; SimplifiedLayerNormalization, which ONNX Runtime adds to ai.onnx.
final class NormalizationForms {
    private static final float EPSILON = 1e-5F;
    /// Where there is a sum before.
    private static final float SUM_EPSILON = 1e-12F;

    private static final Set<DataType> IDS = Set.of(DataType.INT32);

    private NormalizationForms() {}

    static List<Abbreviation> all() {
        return List.of(
                new Abbreviation(simplified(""), NormalizationForms::rms),
                new Abbreviation(simplified("com.microsoft"), NormalizationForms::rms),
                new Abbreviation(
                        skip("SkipLayerNormalization")
                                .optional("beta", Schema.FLOATS)
                                .optional("bias", Schema.FLOATS),
                        node -> layerNorm(node, sum(node, 4), 2, 3)),
                new Abbreviation(
                        skip("SkipSimplifiedLayerNormalization").optional("bias", Schema.FLOATS),
                        node -> skipSimplified(node)),
                new Abbreviation(
                        microsoft("EmbedLayerNormalization")
                                .in("input_ids", IDS)
                                .optional("segment_ids", IDS)
                                .in("word_embedding", Schema.FLOATS)
                                .in("position_embedding", Schema.FLOATS)
                                .optional("segment_embedding", Schema.FLOATS)
                                .in("gamma", Schema.FLOATS)
                                .in("beta", Schema.FLOATS)
                                .optional("mask", IDS)
                                .optional("position_ids", IDS)
                                .out("output")
                                .optionalOut("mask_index")
                                .optionalOut("embedding_sum"),
                        NormalizationForms::embed));
    }

    private static Schema simplified(String domain) {
        return Schema.of("SimplifiedLayerNormalization")
                .domain(domain)
                .in("X", Schema.FLOATS)
                .in("scale", Schema.FLOATS)
                .out("Y")
                .optionalOut("inv_std_var");
    }

    private static Schema skip(String name) {
        return microsoft(name)
                .in("input", Schema.FLOATS)
                .in("skip", Schema.FLOATS)
                .in("gamma", Schema.FLOATS)
                .out("output")
                .optionalOut("mean")
                .optionalOut("inv_std_var")
                .optionalOut("input_skip_bias_sum");
    }

    private static List<Value> rms(NodeReader node) {
        if (node.outputs() > 1) {
            throw node.unsupported("output 1 \"inv_std_var\", which is of use in training only");
        }
        var norm = new RmsNormalization(node.integer("axis", -1), node.real("epsilon", EPSILON));
        return List.of(node.insert(norm, List.of(node.input(0), node.input(1))));
    }

    private static Value sum(NodeReader node, int bias) {
        var sum = node.insert(new Add(), List.of(node.input(0), node.input(1)));
        return node.input(bias).isPresent() ? node.insert(new Add(), List.of(sum, node.input(bias))) : sum;
    }

    private static List<Value> skipSimplified(NodeReader node) {
        var sum = sum(node, 3);
        var norm = new RmsNormalization(-1, node.real("epsilon", SUM_EPSILON));
        var y = node.insert(norm, List.of(sum, node.input(2)));
        // Mean and deviation are of use in training only; ONNX Runtime leaves them out, too.
        return List.of(y, Value.NONE, Value.NONE, sum);
    }

    private static List<Value> layerNorm(NodeReader node, Value x, int gamma, int beta) {
        var norm = new LayerNormalization(-1, node.real("epsilon", SUM_EPSILON), DataType.FLOAT32);
        var inputs = new ArrayList<>(List.of(x, node.input(gamma)));
        if (node.input(beta).isPresent()) {
            inputs.add(node.input(beta));
        }
        return List.of(node.insert(norm, inputs), Value.NONE, Value.NONE, x);
    }

    private static List<Value> embed(NodeReader node) {
        var ids = node.input(0);
        var words = node.insert(new Gather(0), List.of(node.input(2), ids));
        var positions = node.input(8).isPresent()
                ? node.insert(new Gather(0), List.of(node.input(3), node.input(8)))
                : firstRows(node, node.input(3), ids);
        var sum = node.insert(new Add(), List.of(words, positions));
        if (node.input(1).isPresent()) {
            if (!node.input(4).isPresent()) {
                throw node.malformed("input 4 \"segment_embedding\" is missing; segment_ids are given");
            }
            var segments = node.insert(new Gather(0), List.of(node.input(4), node.input(1)));
            sum = node.insert(new Add(), List.of(sum, segments));
        }
        var y = layerNorm(node, sum, 5, 6).getFirst();
        return List.of(y, counts(node), sum);
    }

    /// As many rows as sequences are long.
    private static Value firstRows(NodeReader node, Value table, Value ids) {
        var length = node.insert(new Shape(1, Optional.of(2L)), List.of(ids));
        var zero = node.constant(Tensor.of(new long[1], 1));
        return node.insert(new Slice(), List.of(table, zero, length, zero));
    }

    /// How many tokens of each sequence count.
    private static Value counts(NodeReader node) {
        if (node.outputs() < 2) {
            return Value.NONE;
        }
        var axes = node.constant(Tensor.of(new long[] {1}, 1));
        if (node.input(7).isPresent()) {
            return node.insert(new ReduceSum(false, false), List.of(node.input(7), axes));
        }
        // Without a mask ONNX Runtime gives zeros.
        var zeros = node.insert(new Sub(), List.of(node.input(0), node.input(0)));
        return node.insert(new ReduceSum(false, false), List.of(zeros, axes));
    }
}
