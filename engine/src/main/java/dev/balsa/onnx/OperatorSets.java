package dev.balsa.onnx;

import dev.balsa.error.BalsaException;
import dev.balsa.error.UnsupportedException;
import dev.balsa.ir.Operators;
import dev.balsa.ir.Schema;
import dev.balsa.onnx.abbreviation.Abbreviations;
import dev.balsa.onnx.proto.NodeProto;
import dev.balsa.onnx.proto.OperatorSetIdProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The operator sets that a model (or a function) imports, by domain.
final class OperatorSets {
    /// The newest opset of `ai.onnx` whose operators are known here.
    static final int NEWEST = 28;

    private final Map<String, Integer> versions = new HashMap<>();

    /// @throws UnsupportedException if the default domain is imported in a version that is not known here
    OperatorSets(List<OperatorSetIdProto> imports) {
        for (var opset : imports) {
            var domain = normal(opset.domain());
            if (domain.isEmpty() && (opset.version() < 1 || opset.version() > NEWEST)) {
                throw new UnsupportedException("operator set ai.onnx version " + opset.version()
                        + " is not supported; expected 1 to " + NEWEST + "; export the model for one of these");
            }
            versions.put(domain, Math.clamp(opset.version(), 1, Integer.MAX_VALUE));
        }
    }

    /// The domain name that files may also write as `ai.onnx`.
    static String normal(String domain) {
        return domain.equals("ai.onnx") ? "" : domain;
    }

    /// The version of a domain; 1 where the model forgot to import it.
    int version(String domain) {
        return versions.getOrDefault(normal(domain), 1);
    }

    /// The schema for a node.
    ///
    /// @throws UnsupportedException if Balsa does not have the operator
    Schema schema(NodeProto node) {
        var domain = normal(node.domain());
        return Operators.find(domain, node.opType())
                .filter(schema -> schema.since() <= version(domain))
                .orElseThrow(() -> missing(node));
    }

    private BalsaException missing(NodeProto node) {
        var domain = normal(node.domain());
        var known = known().filter(schema -> schema.domain().equals(domain))
                .map(schema ->
                        schema.name() + (schema.since() > version(domain) ? " (from " + schema.since() + ")" : ""))
                .collect(Collectors.joining(", "));
        return new UnsupportedException("operator " + (domain.isEmpty() ? "ai.onnx" : domain) + "::" + node.opType()
                + " is not supported in opset " + version(domain) + "; supported in this domain: "
                + (known.isEmpty() ? "none; domains are " + domains() : known));
    }

    private static Stream<Schema> known() {
        return Stream.concat(Operators.all().stream(), Abbreviations.schemas().stream());
    }

    private static String domains() {
        return known().map(
                        schema -> schema.domain().isEmpty() ? "ai.onnx (opset 1 to " + NEWEST + ")" : schema.domain())
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
