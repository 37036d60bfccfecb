package dev.balsa;

import dev.balsa.ir.Operators;
import dev.balsa.onnx.abbreviation.Abbreviations;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// An operator that Balsa reads from model files.
///
/// @param domain the operator domain, `ai.onnx` for ONNX's own
/// @param name the name in ONNX
/// @param since the first opset of its domain that has it
public record OperatorInfo(String domain, String name, int since) {
    /// The domain of operators that occur in rewritten graphs only.
    private static final String MADE_BY_REWRITES = "dev.balsa";

    /// Every operator, in order of domain and name.
    public static List<OperatorInfo> all() {
        return Stream.concat(Operators.all().stream(), Abbreviations.schemas().stream())
                .filter(schema -> !schema.domain().equals(MADE_BY_REWRITES))
                .map(schema -> new OperatorInfo(
                        schema.domain().isEmpty() ? "ai.onnx" : schema.domain(), schema.name(), schema.since()))
                .sorted(Comparator.comparing(OperatorInfo::domain).thenComparing(OperatorInfo::name))
                .toList();
    }
}
