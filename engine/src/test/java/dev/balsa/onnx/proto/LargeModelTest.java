package dev.balsa.onnx.proto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.onnx.wire.Payload;
import dev.balsa.onnx.wire.UnknownFields;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model file of more than 2 GB, most of it a hole that takes no space on the disk.
class LargeModelTest {
    private static final long SIZE = (1L << 31) + 11;

    /// Zeros that are skipped, and a last byte.
    private record Hole(long size) implements Payload {
        @Override
        public void writeTo(WritableByteChannel channel) throws IOException {
            var file = (FileChannel) channel;
            file.position(file.position() + size - 1);
            file.write(ByteBuffer.wrap(new byte[] {42}));
        }
    }

    @Test
    void readsBeyondTwoGigabytes(@TempDir Path folder) throws IOException {
        var weights = new TensorProto(
                List.of(SIZE),
                2,
                "w",
                "after the weights",
                SampleModel.segment(""),
                TensorProto.TypedData.NONE,
                List.of(),
                false,
                List.of(),
                UnknownFields.NONE);
        var sample = SampleModel.model();
        var model = sample.withGraph(sample.graph().withInitializers(List.of(weights, weights)));
        var path = folder.resolve("large.onnx");
        OnnxWriter.write(model, path, tensor -> new Hole(SIZE));
        assertThat(Files.size(path)).isGreaterThan(2 * SIZE);
        try (var arena = Arena.ofConfined()) {
            var file = OnnxFile.open(path, arena);
            var graph = file.model().graph();
            assertThat(graph.outputs()).extracting(ValueInfoProto::name).containsExactly("y");
            var last = graph.initializers().getLast();
            assertThat(last.docString()).isEqualTo("after the weights");
            var bytes = file.tensors().bytes(last);
            assertThat(bytes.byteSize()).isEqualTo(SIZE);
            assertThat(bytes.get(ValueLayout.JAVA_BYTE, SIZE - 1)).isEqualTo((byte) 42);
        }
    }
}
