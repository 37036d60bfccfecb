package dev.balsa.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.TensorInfo;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class InputShapesTest {
    @Command
    private static final class Sized {
        @Mixin
        private SizeOptions sizes = new SizeOptions();
    }

    private static final List<TensorInfo> DECODER = List.of(
            info("input_ids", DataType.INT64, "batch", "sequence"),
            info("attention_mask", DataType.INT64, "batch", "total_sequence"),
            info("position_ids", DataType.INT64, "batch", "sequence"),
            info("past.0.key", DataType.FLOAT32, "batch", "12", "past_sequence", "64"));

    private static TensorInfo info(String name, DataType type, String... dims) {
        return new TensorInfo(name, type, Optional.of(List.of(dims)));
    }

    private static SizeOptions options(String... arguments) {
        var sized = new Sized();
        new CommandLine(sized).parseArgs(arguments);
        return sized.sizes;
    }

    private static List<Shape> shapes(List<TensorInfo> inputs, String... arguments) {
        return List.copyOf(options(arguments).inputShapes().resolve(inputs).values());
    }

    @Test
    void sequencesHaveADefaultAndPicturesToo() {
        assertThat(shapes(List.of(info("ids", DataType.INT64, "batch", "tokens"))))
                .containsExactly(Shape.of(1, 128));
        assertThat(shapes(List.of(info("x", DataType.FLOAT32, "?", "3", "?", "?")), "--batch=2"))
                .containsExactly(Shape.of(2, 3, 224, 224));
    }

    @Test
    void pastAndSequenceMakeTheTotal() {
        assertThat(shapes(DECODER))
                .containsExactly(Shape.of(1, 128), Shape.of(1, 128), Shape.of(1, 128), Shape.of(1, 12, 0, 64));
        assertThat(shapes(DECODER, "--shape=sequence=1", "--shape=past_sequence=20", "--batch=3"))
                .containsExactly(Shape.of(3, 1), Shape.of(3, 21), Shape.of(3, 1), Shape.of(3, 12, 20, 64));
    }

    @Test
    void theShapeOfOneInputFixesItsSymbolsEverywhere() {
        assertThat(shapes(DECODER, "--shape=input_ids=2x7"))
                .containsExactly(Shape.of(2, 7), Shape.of(2, 7), Shape.of(2, 7), Shape.of(2, 12, 0, 64));
    }

    @Test
    void madeUpTensorsAreWhatTheirNamesSay() {
        var tensors = options("--shape=sequence=2", "--shape=past_sequence=5").tensors(DECODER, Arena.ofAuto());
        assertThat(tensors.get("attention_mask").toLongArray()).containsExactly(1, 1, 1, 1, 1, 1, 1);
        assertThat(tensors.get("position_ids").toLongArray()).containsExactly(5, 6);
        assertThat(Arrays.stream(tensors.get("input_ids").toLongArray())).allMatch(id -> id >= 0 && id < 100);
        assertThat(Arrays.stream(tensors.get("past.0.key").toDoubleArray()))
                .allMatch(value -> value >= -1 && value <= 1);
    }

    @Test
    void whatTheModelHasNoPlaceForIsAnError() {
        var fixed = List.of(info("x", DataType.FLOAT32, "1", "3"));
        assertThatThrownBy(() -> shapes(fixed, "--batch=2"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("--batch 2");
        assertThatThrownBy(() -> shapes(fixed, "--shape=y=1x3")).hasMessageContaining("y");
        assertThatThrownBy(() -> shapes(fixed, "--shape=x=1,3")).hasMessageContaining("1,3");
    }
}
