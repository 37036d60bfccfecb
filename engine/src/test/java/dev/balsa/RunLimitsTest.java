package dev.balsa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ResourceException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.onnx.proto.AttributeValue;
import dev.balsa.onnx.proto.GraphProto;
import dev.balsa.onnx.proto.NodeProto;
import dev.balsa.onnx.proto.TypeProto;
import dev.balsa.onnx.proto.ValueInfoProto;
import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs that ask for too much end with an error that names the node and the sizes.
class RunLimitsTest {
    private static final long LIMIT = 1 << 20;

    @TempDir
    private Path folder;

    @Test
    void plannedTensorsStayWithinTheLimit() throws IOException {
        var column = Tensor.of(new float[1000], 1000, 1);
        var row = Tensor.of(new float[1000], 1, 1000);
        var file = folder.resolve("add.onnx");
        NodeModel.of("Add", 14).write(file, 1, column, row);
        try (var model = Model.load(file, Options.defaults().withMemoryLimit(LIMIT))) {
            assertThatThrownBy(() -> model.run(Map.of("x0", column, "x1", row)))
                    .isInstanceOf(ResourceException.class)
                    .hasMessageContaining("model add.onnx: Add \"node\"")
                    .hasMessageContaining("4000000")
                    .hasMessageContaining("expected at most " + LIMIT);
        }
        try (var model = Model.load(file, Options.defaults().withMemoryLimit(2 * 4_000_000));
                var outputs = model.run(Map.of("x0", column, "x1", row))) {
            assertThat(outputs.get("y0").shape()).isEqualTo(Shape.of(1000, 1000));
        }
    }

    @Test
    void tensorsThatOnlyTheRunKnowsStayWithinTheLimit() throws IOException {
        var dims = Tensor.of(new long[] {1000, 1000}, 2);
        var file = folder.resolve("fill.onnx");
        NodeModel.of("ConstantOfShape", 9).write(file, 1, dims);
        try (var model = Model.load(file, Options.defaults().withMemoryLimit(LIMIT))) {
            assertThatThrownBy(() -> model.run(Map.of("x0", dims)))
                    .isInstanceOf(ResourceException.class)
                    .hasMessageContaining("model fill.onnx: ConstantOfShape \"node\"")
                    .hasMessageContaining("4000000 bytes")
                    .hasMessageContaining("expected at most " + LIMIT);
        }
    }

    @Test
    void anInterruptEndsAnEndlessLoop() throws IOException, InterruptedException {
        var most = Tensor.of(new long[] {Long.MAX_VALUE}, 1).reshaped(Shape.scalar());
        var go = Tensor.of(new boolean[] {true}, 1).reshaped(Shape.scalar());
        var carried = Tensor.of(new float[] {1}, 1);
        var file = folder.resolve("loop.onnx");
        NodeModel.of("Loop", 16)
                .with("body", new AttributeValue.OfGraph(endless()))
                .write(file, 1, most, go, carried);
        try (var model = Model.load(file)) {
            var thrown = new AtomicReference<Throwable>();
            var thread = new Thread(() -> model.run(Map.of("x0", most, "x1", go, "x2", carried)));
            thread.setUncaughtExceptionHandler((_, e) -> thrown.set(e));
            thread.start();
            thread.interrupt();
            thread.join();
            assertThat(thrown.get()).isInstanceOf(ResourceException.class).hasMessageContaining("interrupted");
        }
    }

    private static GraphProto endless() {
        return new GraphProto(
                List.of(
                        new NodeProto("Identity", "", List.of("c"), List.of("d"), List.of()),
                        new NodeProto("Neg", "", List.of("v"), List.of("w"), List.of())),
                "body",
                List.of(),
                "",
                List.of(value("i", 7), value("c", 9), value("v", 1)),
                Stream.of("d", "w").map(name -> value(name, 0)).toList(),
                List.of(),
                List.of(),
                List.of(),
                UnknownFields.NONE);
    }

    private static ValueInfoProto value(String name, int type) {
        var declared = Optional.of(new TypeProto(new TypeProto.Tensor(type, Optional.empty(), UnknownFields.NONE)));
        return new ValueInfoProto(name, type == 0 ? Optional.empty() : declared, "", List.of(), UnknownFields.NONE);
    }
}
