package dev.balsa.onnx.proto;

import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.onnx.wire.WireReader;
import dev.balsa.onnx.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/// A whole model (onnx.proto, ModelProto).
///
/// @param irVersion version of the file format
/// @param producerName the tool that wrote the model
/// @param producerVersion its version
/// @param domain namespace of the model
/// @param modelVersion version of the model itself
/// @param docString documentation
/// @param graph what the model computes; every model read from a file has one
/// @param opsetImports the operator sets in use
/// @param metadataProps named metadata
/// @param functions operators defined by the model
/// @param unknown see [UnknownFields]; holds training information and device configurations
public record ModelProto(
        long irVersion,
        String producerName,
        String producerVersion,
        String domain,
        long modelVersion,
        String docString,
        GraphProto graph,
        List<OperatorSetIdProto> opsetImports,
        List<StringStringEntryProto> metadataProps,
        List<FunctionProto> functions,
        UnknownFields unknown) {
    public ModelProto {
        opsetImports = List.copyOf(opsetImports);
        metadataProps = List.copyOf(metadataProps);
        functions = List.copyOf(functions);
    }

    /// This model with another graph.
    public ModelProto withGraph(GraphProto other) {
        return new ModelProto(
                irVersion,
                producerName,
                producerVersion,
                domain,
                modelVersion,
                docString,
                other,
                opsetImports,
                metadataProps,
                functions,
                unknown);
    }

    /// This model with other metadata.
    public ModelProto withMetadataProps(List<StringStringEntryProto> other) {
        return new ModelProto(
                irVersion,
                producerName,
                producerVersion,
                domain,
                modelVersion,
                docString,
                graph,
                opsetImports,
                other,
                functions,
                unknown);
    }

    static ModelProto read(WireReader in) {
        var b = new Fields();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> b.irVersion = in.int64("ir_version");
                case 2 -> b.producerName = in.string("producer_name");
                case 3 -> b.producerVersion = in.string("producer_version");
                case 4 -> b.domain = in.string("domain");
                case 5 -> b.modelVersion = in.int64("model_version");
                case 6 -> b.docString = in.string("doc_string");
                case 7 -> b.graph.add(in.message("graph", GraphProto::read));
                case 8 -> in.messages("opset_import", b.opsets, OperatorSetIdProto::read);
                case 14 -> in.messages("metadata_props", b.metadata, StringStringEntryProto::read);
                case 25 -> in.messages("functions", b.functions, FunctionProto::read);
                default -> in.keep();
            }
        }
        if (b.graph.isEmpty()) {
            throw in.fault("", "not a model", "a graph (field 7)", "none");
        }
        return b.build(in.unknown());
    }

    WireWriter encode(TensorContents contents) {
        var out = new WireWriter(unknown)
                .int64(1, irVersion)
                .string(2, producerName)
                .string(3, producerVersion)
                .string(4, domain)
                .int64(5, modelVersion)
                .string(6, docString)
                .message(7, graph.encode(contents));
        opsetImports.forEach(opset -> out.message(8, opset.encode()));
        StringStringEntryProto.encode(out, 14, metadataProps);
        functions.forEach(function -> out.message(25, function.encode()));
        return out;
    }

    private static final class Fields {
        private long irVersion;
        private String producerName = "";
        private String producerVersion = "";
        private String domain = "";
        private long modelVersion;
        private String docString = "";
        private final List<GraphProto> graph = new ArrayList<>(1);
        private final List<OperatorSetIdProto> opsets = new ArrayList<>();
        private final List<StringStringEntryProto> metadata = new ArrayList<>();
        private final List<FunctionProto> functions = new ArrayList<>();

        ModelProto build(UnknownFields unknown) {
            return new ModelProto(
                    irVersion,
                    producerName,
                    producerVersion,
                    domain,
                    modelVersion,
                    docString,
                    graph.getFirst(),
                    opsets,
                    metadata,
                    functions,
                    unknown);
        }
    }
}
