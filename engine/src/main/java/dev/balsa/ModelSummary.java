package dev.balsa;

import dev.balsa.onnx.ImportedModel;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a model file holds, before any rewriting.
///
/// @param producer the tool that wrote the file, with its version; may be empty
/// @param opsets the operator sets it uses, by domain
/// @param metadata named metadata of the model
/// @param operators how many nodes of each operator it has, bodies of loops and branches included
/// @param weights its constants, in order of the file
public record ModelSummary(
        String producer,
        Map<String, Long> opsets,
        Map<String, String> metadata,
        Map<String, Integer> operators,
        List<WeightInfo> weights) {
    /// Copies the collections and sorts the maps.
    public ModelSummary {
        opsets = Collections.unmodifiableMap(new TreeMap<>(opsets));
        metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
        operators = Collections.unmodifiableMap(new TreeMap<>(operators));
        weights = List.copyOf(weights);
    }

    static ModelSummary of(ImportedModel model) {
        var opsets = new TreeMap<String, Long>();
        model.opsets().forEach((domain, version) -> opsets.put(domain.isEmpty() ? "ai.onnx" : domain, version));
        var survey = new GraphSurvey();
        survey.add(model.graph());
        return new ModelSummary(model.producer(), opsets, model.metadata(), survey.operators(), survey.weights());
    }

    /// The number of nodes.
    public int nodes() {
        return operators.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// The number of elements of all weights.
    public long parameters() {
        return weights.stream().mapToLong(weight -> weight.shape().size()).sum();
    }

    /// The bytes of all weights.
    public long weightBytes() {
        return weights.stream().mapToLong(WeightInfo::bytes).sum();
    }
}
