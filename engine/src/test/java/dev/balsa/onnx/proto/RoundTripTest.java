package dev.balsa.onnx.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UnknownFieldSet;
import dev.balsa.onnx.SharedFiles;
import dev.balsa.onnx.wire.Limits;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Models that are read and written again keep every byte.
class RoundTripTest {
    static List<Path> models() {
        return SharedFiles.below("real-models", ".onnx");
    }

    static List<Path> tensors() {
        return SharedFiles.below("onnx-conformance/simple", ".pb");
    }

    @ParameterizedTest
    @MethodSource("models")
    void realModelsComeBackByteForByte(Path path, @TempDir Path folder) {
        var copy = folder.resolve("copy.onnx");
        try (var arena = Arena.ofConfined()) {
            OnnxWriter.write(OnnxFile.open(path, arena).model(), copy);
        }
        assertThat(copy).hasSameBinaryContentAs(path);
    }

    @ParameterizedTest
    @MethodSource("tensors")
    void tensorFilesComeBackByteForByte(Path path, @TempDir Path folder) {
        var copy = folder.resolve("copy.pb");
        try (var arena = Arena.ofConfined()) {
            TensorProtoFile.write(TensorProtoFile.read(path, arena), copy);
        }
        assertThat(copy).hasSameBinaryContentAs(path);
    }

    @Test
    void everyMessageComesBackByteForByte() throws IOException {
        var bytes = SampleModel.bytes(SampleModel.model());
        var read = OnnxFile.parse(MemorySegment.ofArray(bytes), Limits.DEFAULT);
        assertThat(SampleModel.bytes(read)).isEqualTo(bytes);
        assertThat(UnknownFieldSet.parseFrom(bytes).asMap()).containsOnlyKeys(1, 2, 3, 4, 5, 6, 7, 8, 14, 25);
    }

    @Test
    void everyKindOfAttributeComesBack() {
        var model = SampleModel.model();
        var read = OnnxFile.parse(MemorySegment.ofArray(SampleModel.bytes(model)), Limits.DEFAULT);
        var kinds = model.graph().nodes().getFirst().attributes().stream()
                .map(attribute -> attribute.value().kind())
                .toList();
        assertThat(kinds).contains(AttributeKind.values());
        assertThat(read.graph().nodes().getFirst().attributes())
                .extracting(attribute -> attribute.value().kind())
                .isEqualTo(kinds);
    }

    @Test
    void mayReplaceTheFileItReads(@TempDir Path folder) throws IOException {
        var path = folder.resolve("model.onnx");
        var bytes = SampleModel.bytes(SampleModel.model());
        Files.write(path, bytes);
        try (var arena = Arena.ofConfined()) {
            OnnxWriter.write(OnnxFile.open(path, arena).model(), path);
        }
        assertThat(path).hasBinaryContent(bytes);
        assertThat(folder).isDirectoryNotContaining(file -> file.toString().endsWith(".part"));
    }
}
