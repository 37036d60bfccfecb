package dev.balsa.onnx.skeleton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ModelFormatException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void readsEveryKindOfValue() {
        var read = Json.parse(" {\"a\" : [1, -0.5e+3, true, false, null, {}, []], \"b\\n\\u00e9\\/\":\"\\\"\\\\\"}\n");
        var list = List.<Json.Value>of(
                new Json.NumberValue("1"),
                new Json.NumberValue("-0.5e+3"),
                new Json.BooleanValue(true),
                new Json.BooleanValue(false),
                new Json.NullValue(),
                new Json.ObjectValue(Map.of()),
                new Json.ArrayValue(List.of()));
        assertThat(read)
                .isEqualTo(new Json.ObjectValue(
                        Map.of("a", new Json.ArrayValue(list), "b\né/", new Json.StringValue("\"\\"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1",
                "[1,]",
                "{\"a\"}",
                "{\"a\":1,}",
                "{a:1}",
                "01",
                "1.",
                ".5",
                "1e",
                "+1",
                "-",
                "tru",
                "\"",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\\u\uff11\uff12\uff13\uff14\"",
                "\"\t\"",
                "1 2",
                "{\"a\":1,\"a\":2}",
                "NaN",
                "'a'",
                "[1 2]",
                "\uff11"
            })
    void refusesEverythingElse(String text) {
        assertThatThrownBy(() -> Json.parse(text))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith("JSON: syntax error; expected");
    }

    @Test
    void limitsItsNesting() {
        assertThatThrownBy(() -> Json.parse("[".repeat(100_000)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("levels");
    }
}
