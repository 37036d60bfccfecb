package dev.balsa.cli.inspect;

import dev.balsa.ModelSummary;
import dev.balsa.WeightInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/// The weights of one node together.
///
/// @param node empty for weights that only the bodies of loops and branches use, or nothing does
/// @param weights those that the node is the first to compute with; at least one
record LayerWeights(String node, String operator, List<WeightInfo> weights) {
    /// A node with fewer parameters is no layer to people's minds: its constants are shapes, axes, scales.
    private static final long FEWEST_PARAMETERS = 10;

    LayerWeights {
        weights = List.copyOf(weights);
    }

    /// The layers of a model, in order of the file; nodes with next to no parameters are left out.
    static List<LayerWeights> of(ModelSummary summary) {
        var byNode = new LinkedHashMap<List<String>, List<WeightInfo>>();
        for (var weight : summary.weights()) {
            byNode.computeIfAbsent(List.of(weight.node(), weight.operator()), _ -> new ArrayList<>())
                    .add(weight);
        }
        return byNode.entrySet().stream()
                .map(entry -> new LayerWeights(
                        entry.getKey().getFirst(), entry.getKey().getLast(), entry.getValue()))
                .filter(layer -> layer.parameters() >= FEWEST_PARAMETERS)
                .toList();
    }

    long parameters() {
        return weights.stream().mapToLong(weight -> weight.shape().size()).sum();
    }

    long bytes() {
        return weights.stream().mapToLong(WeightInfo::bytes).sum();
    }

    /// The share of zeros among all elements, 0 to 1.
    double sparsity() {
        long zeros = weights.stream().mapToLong(WeightInfo::zeros).sum();
        return parameters() == 0 ? 0 : (double) zeros / parameters();
    }

    /// The type and shape of the weight with most bytes, such as `float32 64x3x7x7`.
    String largest() {
        var largest = weights.stream()
                .max(Comparator.comparingLong(WeightInfo::bytes))
                .orElseThrow();
        return largest.type() + " " + largest.shape();
    }
}
