package dev.balsa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.balsa.asm.MachineCode;
import dev.balsa.error.ShapeException;
import dev.balsa.newcomer.Repository;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models that are loaded from plans do all that others do.
class PlanFolderTest {
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

    @TempDir
    private Path folder;

    private Path plans = Path.of("");

    @BeforeEach
    void onlyWhereThereIsCode() {
        assumeThat(MachineCode.isPossible()).isTrue();
        plans = folder.resolve("plans");
    }

    private static final int LOOKS = 6000;
    private static final long LOOK_MILLIS = 10;

    private static Path digits() {
        return Repository.root().resolve("examples/digits/digits.onnx");
    }

    private Options options() {
        return Options.defaults().withThreads(2).withPlanFolder(plans);
    }

    private List<Path> kept() throws IOException {
        try (var files = Files.list(plans)) {
            return files.sorted().toList();
        }
    }

    /// The outputs for inputs of these shapes.
    private static List<float[]> outputs(Model model, Shape... shapes) {
        var random = new Random(1);
        var inputs = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < shapes.length; i++) {
            var tensor = Tensor.allocate(DataType.FLOAT32, shapes[i]);
            for (long at = 0; at < tensor.size(); at++) {
                tensor.setDouble(at, random.nextGaussian());
            }
            inputs.put(model.inputs().get(i).name(), tensor);
        }
        try (var outputs = model.run(inputs)) {
            return model.outputs().stream()
                    .map(output -> outputs.get(output.name()).toFloatArray())
                    .toList();
        }
    }

    private static List<float[]> digits(Model model) {
        var input = model.inputs().getFirst();
        var dims = input.dims().orElseThrow().stream().mapToLong(PlanFolderTest::length);
        var shape = Shape.of(dims.toArray());
        model.prepare(Map.of(input.name(), shape));
        return outputs(model, shape);
    }

    /// One where the model leaves it open.
    private static long length(String dim) {
        return dim.chars().allMatch(Character::isDigit) ? Long.parseLong(dim) : 1;
    }

    private static void assertSame(List<float[]> found, List<float[]> expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i)).containsExactly(expected.get(i));
        }
    }

    @Test
    void laterLoadsGiveTheSame() throws IOException {
        List<float[]> expected;
        List<TensorInfo> inputs;
        try (var model = Model.load(digits(), options())) {
            expected = digits(model);
            inputs = model.inputs();
        }
        var files = kept();
        assertThat(files).isNotEmpty();
        for (var file : files) {
            Files.setLastModifiedTime(file, LONG_AGO);
        }
        try (var model = Model.load(digits(), options())) {
            assertThat(model.inputs()).isEqualTo(inputs);
            assertSame(digits(model), expected);
            assertThat(model.hasPlanned()).isFalse();
            assertThat(model.summary().nodes()).isPositive();
        }
        assertThat(kept()).isEqualTo(files);
        for (var file : files) {
            assertThat(Files.getLastModifiedTime(file)).isGreaterThan(LONG_AGO);
        }
    }

    /// While a model is open, its program is kept after a while, and then what is kept of it runs.
    @Test
    void theProcessThatPlannedGivesTheSameAfterwards() throws Exception {
        try (var model = Model.load(digits(), options())) {
            var expected = digits(model);
            for (int i = 0; i < LOOKS && (!Files.exists(plans) || kept().isEmpty()); i++) {
                Thread.sleep(LOOK_MILLIS);
                assertSame(digits(model), expected);
            }
            assertThat(kept()).isNotEmpty();
            assertSame(digits(model), expected);
        }
    }

    @Test
    void otherOptionsHaveOtherPlans() throws IOException {
        Model.load(digits(), options()).close();
        Model.load(digits(), options().withThreads(1)).close();
        Model.load(digits(), options().withPrecision(Precision.EXACT)).close();
        assertThat(kept()).hasSize(3);
    }

    @Test
    void damagedPlansAreMadeAnew() throws IOException {
        List<float[]> expected;
        try (var model = Model.load(digits(), options())) {
            expected = digits(model);
        }
        var files = kept();
        for (var file : files) {
            var bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
        }
        try (var model = Model.load(digits(), options())) {
            assertSame(digits(model), expected);
        }
        assertThat(kept()).isEqualTo(files);
    }

    @Test
    void anotherFileInTheSamePlaceIsAnotherModel() throws IOException {
        var path = folder.resolve("model.onnx");
        var input = Tensor.of(new float[] {-1, 2}, 2);
        NodeModel.of("Relu", 14).write(path, 1, input);
        try (var model = Model.load(path, options())) {
            assertThat(outputs(model, Shape.of(2)).getFirst()).isNotEmpty();
        }
        NodeModel.of("Neg", 13).write(path, 1, input);
        try (var model = Model.load(path, options());
                var outputs = model.run(Map.of("x0", input))) {
            assertThat(outputs.get("y0").toFloatArray()).containsExactly(1, -2);
        }
        assertThat(kept()).hasSize(2);
    }

    @Test
    void whatWasPreparedIsKeptByItsShapes() throws IOException {
        var path = folder.resolve("model.onnx");
        NodeModel.of("Softmax", 13).unranked().write(path, 1, Tensor.of(new float[2], 2));
        List<float[]> three;
        try (var model = Model.load(path, options())) {
            model.prepare(Map.of("x0", Shape.of(3, 40)));
            three = outputs(model, Shape.of(3, 40));
            assertThat(outputs(model, Shape.of(5)).getFirst()).hasSize(5);
        }
        assertThat(kept()).as("the model, and a program").hasSize(2);
        for (var file : kept()) {
            Files.setLastModifiedTime(file, LONG_AGO);
        }
        try (var model = Model.load(path, options())) {
            model.prepare(Map.of("x0", Shape.of(3, 40)));
            assertSame(outputs(model, Shape.of(3, 40)), three);
            assertThat(model.hasPlanned()).isFalse();
            assertThat(outputs(model, Shape.of(2, 2)).getFirst()).hasSize(4);
            assertThat(model.hasPlanned()).isTrue();
        }
        assertThat(kept()).hasSize(2);
        for (var file : kept()) {
            assertThat(Files.getLastModifiedTime(file)).isGreaterThan(LONG_AGO);
        }
    }

    @Test
    void whatRanBeforeItWasPreparedIsKeptToo() throws IOException {
        var path = folder.resolve("model.onnx");
        NodeModel.of("Softmax", 13).unranked().write(path, 1, Tensor.of(new float[2], 2));
        try (var model = Model.load(path, options())) {
            outputs(model, Shape.of(3, 40));
            model.prepare(Map.of("x0", Shape.of(3, 40)));
            model.prepare(Map.of("x0", Shape.of(3, 40)));
        }
        assertThat(kept()).as("the model, and a program").hasSize(2);
    }

    @Test
    void errorsStayWhatTheyAre() {
        var input = Tensor.of(new float[3], 3);
        Model.load(digits(), options()).close();
        try (var model = Model.load(digits(), options())) {
            var name = model.inputs().getFirst().name();
            assertThatThrownBy(() -> model.run(Map.of(name, input)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("does not fit");
        }
    }
}
