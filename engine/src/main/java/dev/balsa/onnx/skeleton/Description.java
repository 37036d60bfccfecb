package dev.balsa.onnx.skeleton;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.UnsupportedException;
import dev.balsa.onnx.proto.ModelProto;
import dev.balsa.onnx.proto.StringStringEntryProto;
import dev.balsa.onnx.proto.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a skeleton says about its synthetic tensors, checked against its initialisers.
///
/// @param tensors the rules, in the order of `graph.initializer`
record Description(List<SyntheticTensor> tensors) {
    static final String KEY = "synthetic_initializers";
    private static final String GENERATOR = "splitmix64-ih4/1";

    Description {
        tensors = List.copyOf(tensors);
    }

    static Description of(ModelProto model) {
        var json = StringStringEntryProto.find(model.metadataProps(), KEY)
                .orElseThrow(() -> new ModelFormatException(
                        "model is no skeleton; expected metadata \"" + KEY + "\", found none; it needs no filling"));
        var fields = JsonFields.of(Json.parse(json), KEY);
        var generator = fields.text("generator");
        if (!generator.equals(GENERATOR)) {
            throw new UnsupportedException(KEY + ": unknown generator; expected " + GENERATOR + ", found " + generator
                    + "; a newer version may know it");
        }
        return new Description(inOrder(model, rules(fields)));
    }

    private static Map<String, SyntheticTensor> rules(JsonFields fields) {
        var rules = new HashMap<String, SyntheticTensor>();
        for (var item : fields.list("tensors")) {
            var rule = SyntheticTensor.read(item);
            if (rules.put(rule.name(), rule) != null) {
                throw new ModelFormatException(
                        KEY + ": tensor \"" + rule.name() + "\" occurs twice; expected one record, found two");
            }
        }
        return rules;
    }

    private static List<SyntheticTensor> inOrder(ModelProto model, Map<String, SyntheticTensor> rules) {
        var ordered = new ArrayList<SyntheticTensor>();
        for (var tensor : model.graph().initializers()) {
            var rule = rules.remove(tensor.name());
            if (rule != null) {
                check(tensor, rule);
                ordered.add(rule);
            }
        }
        if (!rules.isEmpty()) {
            throw new ModelFormatException(KEY + ": records without a tensor; expected an initializer of each name,"
                    + " found none for " + rules.keySet());
        }
        return ordered;
    }

    private static void check(TensorProto tensor, SyntheticTensor rule) {
        boolean empty = tensor.rawData().byteSize() == 0 && tensor.typed().isEmpty() && !tensor.external();
        if (!empty
                || tensor.dataType() != rule.store().onnxType
                || !tensor.dims().equals(rule.dims())) {
            throw new ModelFormatException("tensor \"" + tensor.name() + "\": contradicts its record in " + KEY
                    + "; expected no data, element type " + rule.store().onnxType + " and shape " + rule.dims()
                    + ", found " + (empty ? "no data" : "data") + ", type " + tensor.dataType() + " and shape "
                    + tensor.dims());
        }
    }
}
