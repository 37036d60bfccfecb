package dev.balsa.newcomer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.Model;
import dev.balsa.error.UnsupportedException;
import dev.balsa.onnx.proto.AttributeProto;
import dev.balsa.onnx.proto.AttributeValue;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The steps of ARCHITECTURE.md for a new operator, done: one file, and its name in the family's `permits`.
class NewOperatorTest {
    private static final String FAMILY = "dev/balsa/ir/elementwise/Unary.java";

    private static Path model(Path folder) {
        var b = new AttributeProto("b", new AttributeValue.OfFloat(2));
        return new ExampleModel()
                .node("org.example", "Squareplus", List.of("x"), "y", List.of(b))
                .write(folder.resolve("squareplus.onnx"));
    }

    @Test
    void isUnknownWithoutThem(@TempDir Path folder) {
        var model = model(folder);
        assertThatThrownBy(() -> Model.load(model))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("org.example::Squareplus");
    }

    @Test
    void runsFromAFileWithThem(@TempDir Path folder) throws Exception {
        var engine = new ChangedEngine(folder)
                .add("engine/src/test/resources/newcomer/Squareplus.java", "dev/balsa/ir/elementwise/Squareplus.java")
                .insertBefore(FAMILY, "                Swish,", "                Squareplus,")
                .load();
        float[] x = {-3, -0.5f, 0, 1, 20, 1e4f};
        var y = engine.run(model(folder), x, 2, 3);
        for (int i = 0; i < x.length; i++) {
            assertThat(y[i]).isCloseTo((float) ((x[i] + Math.sqrt((double) x[i] * x[i] + 2)) / 2), within(0f));
        }
    }
}
