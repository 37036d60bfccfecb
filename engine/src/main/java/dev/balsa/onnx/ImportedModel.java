package dev.balsa.onnx;

import dev.balsa.ir.Graph;
import java.util.Map;

/// What a model file holds, as far as running it is concerned.
///
/// @param graph the computation; its constants lie in the mapped file and live as long as the arena it was mapped
///     in
/// @param producer the tool that wrote the file
/// @param opsets the operator sets it uses, by domain (empty for `ai.onnx`)
/// @param metadata named metadata of the model
/// @param isSelfContained whether nothing of it lies in files beside it
public record ImportedModel(
        Graph graph, String producer, Map<String, Long> opsets, Map<String, String> metadata, boolean isSelfContained) {
    /// Copies the maps.
    public ImportedModel {
        opsets = Map.copyOf(opsets);
        metadata = Map.copyOf(metadata);
    }
}
