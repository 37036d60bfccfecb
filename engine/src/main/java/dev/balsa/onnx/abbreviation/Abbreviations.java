package dev.balsa.onnx.abbreviation;

import dev.balsa.ir.Schema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// All operators that are spelled out.
public final class Abbreviations {
    private static final class Index {
        static final Map<String, Abbreviation> BY_NAME = Stream.of(
                        ActivationForms.all(),
                        NormalizationForms.all(),
                        ProductForms.all(),
                        IntegerForms.all(),
                        QuantizedForms.all(),
                        RotaryForms.all(),
                        AttentionForms.all(),
                        GroupQueryForms.all(),
                        NibbleForms.all())
                .flatMap(List::stream)
                .collect(Collectors.toUnmodifiableMap(form -> form.schema().toString(), Function.identity()));
    }

    private Abbreviations() {}

    /// The operator of a name.
    ///
    /// @param domain empty for `ai.onnx`
    public static Optional<Abbreviation> find(String domain, String name) {
        return Optional.ofNullable(
                Index.BY_NAME.get(Schema.of(name).domain(domain).toString()));
    }

    /// The signatures of all.
    public static List<Schema> schemas() {
        return Index.BY_NAME.values().stream().map(Abbreviation::schema).toList();
    }
}
