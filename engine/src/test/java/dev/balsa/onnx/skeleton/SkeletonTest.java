package dev.balsa.onnx.skeleton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.UnsupportedException;
import dev.balsa.onnx.SharedFiles;
import dev.balsa.onnx.proto.GraphProto;
import dev.balsa.onnx.proto.ModelProto;
import dev.balsa.onnx.proto.OnnxFile;
import dev.balsa.onnx.proto.OnnxWriter;
import dev.balsa.onnx.proto.StringStringEntryProto;
import dev.balsa.onnx.proto.TensorProto;
import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.onnx.wire.WireReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SkeletonTest {
    private static final Skeleton.Progress SILENT = (done, total) -> {};

    @TempDir
    Path folder;

    /// Normal and uniform float32, int8 and int32, constants, and both masks; the digests are the published ones.
    @ParameterizedTest
    @CsvSource({
        "mobilenet_v2, 2078f6eb2d2e9a745a6dc337b4e8556a066693cb5d5fccca537cbfe256d1474d",
        "mobilenet_v2_qdq, d6f4ffed7fe7bad522b90b9abdfcb7e32146a6339b69a529e2fea7ef0db8986d",
        "efficientnet_b0, a39612db74bd21eae6748aba3bcf94cf99c21f94e62453a331e08a2080351057",
        "minilm_l6, e08ac0db7f135b2e475676d2142d049863982d0e2f771e96bb2c24411d61621f",
        "llama_mini, 3c471cac20e326ae52aac9ebb1e53a8f17e227138d3c9d52d0c3cbbb4ea5c16b",
        "resnet50_b4_90_qdq, 4d639d6bdcfc11e6eceb5410cc237663c94078710575882d7c40293d96db9fd8",
        "resnet50_u95, 70663a90c74a102e7000e113b2ab7eae288487eb71502ffb5be404a918d0ba2a"
    })
    void generatesThePublishedBits(String name, String sha256) {
        try (var arena = Arena.ofConfined()) {
            var model = OnnxFile.open(SharedFiles.find("skeletons/" + name + ".onnx"), arena)
                    .model();
            assertThat(Skeleton.digest(model, SILENT).sha256()).isEqualTo(sha256);
        }
    }

    @Test
    void fillsInOneFile() throws NoSuchAlgorithmException {
        var skeleton = SharedFiles.find("skeletons/mobilenet_v2.onnx");
        var output = folder.resolve("filled.onnx");
        var seen = new ArrayList<Long>();
        var filled = Skeleton.fill(skeleton, output, (done, total) -> seen.add(total - done));
        assertThat(filled.externalData()).isEmpty();
        assertThat(filled.tensors()).isEqualTo(76);
        assertThat(filled.bytes()).isEqualTo(filled.elements() * 4);
        assertThat(seen).isSortedAccordingTo((a, b) -> Long.compare(b, a)).endsWith(0L);
        assertFilled(skeleton, output, filled);
    }

    @Test
    void fillsIntoAnExternalFileBeyondTheLimit() throws IOException, NoSuchAlgorithmException {
        var skeleton = SharedFiles.find("skeletons/llama_mini.onnx");
        var output = folder.resolve("filled.onnx");
        var filled = Skeleton.fill(skeleton, output, SILENT, 1 << 20);
        assertThat(filled.externalData()).contains(folder.resolve("filled.onnx.data"));
        assertThat(Files.size(output)).isLessThan(1 << 20);
        assertThat(Files.size(folder.resolve("filled.onnx.data"))).isGreaterThanOrEqualTo(filled.bytes());
        assertFilled(skeleton, output, filled);
    }

    /// Reads the filled model back and hashes what the skeleton left empty.
    private static void assertFilled(Path skeleton, Path output, Skeleton.Filled filled)
            throws NoSuchAlgorithmException {
        try (var arena = Arena.ofConfined()) {
            var empty = OnnxFile.open(skeleton, arena).model().graph().initializers();
            var file = OnnxFile.open(output, arena);
            assertThat(Skeleton.isSkeleton(file.model())).isFalse();
            var all = MessageDigest.getInstance("SHA-256");
            var tensors = file.model().graph().initializers();
            assertThat(tensors).hasSameSizeAs(empty);
            for (int i = 0; i < tensors.size(); i++) {
                if (empty.get(i).rawData().byteSize() == 0) {
                    all.update(file.tensors().bytes(tensors.get(i)).asByteBuffer());
                }
            }
            assertThat(HexFormat.of().formatHex(all.digest())).isEqualTo(filled.sha256());
        }
    }

    @Test
    void roundsAndClampsIntegers() {
        assertThat(generate("int8", 3, "\"dist\":\"const\",\"value\":2.5")).containsExactly(2, 2, 2);
        assertThat(generate("int8", 1, "\"dist\":\"const\",\"value\":-1e9")).containsExactly(-127);
        assertThat(generate("uint8", 1, "\"dist\":\"const\",\"value\":300")).containsExactly(-1);
        assertThat(generate("int32", 1, "\"dist\":\"const\",\"value\":1e300")).containsExactly(-1, -1, -1, 127);
    }

    private byte[] generate(String type, long count, String rule) {
        var path = folder.resolve("skeleton.onnx");
        var output = folder.resolve("filled.onnx");
        OnnxWriter.write(skeleton(record("w", type, count, rule), number(type), count), path);
        Skeleton.fill(path, output, SILENT);
        try (var arena = Arena.ofConfined()) {
            var file = OnnxFile.open(output, arena);
            var tensor = file.model().graph().initializers().getFirst();
            return file.tensors().bytes(tensor).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"dist\":\"const\"",
                "\"dist\":\"cauchy\"",
                "\"dist\":\"normal\",\"mean\":0,\"std\":1,\"seed\":5",
                "\"dist\":\"normal\",\"mean\":0,\"std\":1,\"seed\":\"-5\"",
                "\"dist\":\"const\",\"value\":0,\"mask\":{\"kind\":\"stripes\"}",
                "\"dist\":\"const\",\"value\":0,\"mask\":"
                        + "{\"kind\":\"block\",\"axis\":1,\"block\":4,\"sparsity\":0.5,\"seed\":\"1\"}"
            })
    void refusesRulesItDoesNotKnow(String rule) {
        var model = skeleton(record("w", "int8", 4, rule), 3, 4);
        assertThatThrownBy(() -> Skeleton.digest(model, SILENT))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("synthetic tensor \"w\"");
    }

    @Test
    void refusesRulesThatContradictTheModel() {
        var rule = "\"dist\":\"const\",\"value\":0";
        assertRefused(skeleton(record("w", "int8", 4, rule), 3, 5), "contradicts its record");
        assertRefused(skeleton(record("w", "int8", 4, rule), 1, 4), "contradicts its record");
        assertRefused(skeleton(record("v", "int8", 4, rule), 3, 4), "records without a tensor");
        assertRefused(skeleton(record("w", "int8", 4, rule), 3, 4).withMetadataProps(List.of()), "is no skeleton");
        var huge = skeleton(record("w", "float32", Long.MAX_VALUE, rule), 1, Long.MAX_VALUE);
        assertRefused(huge, "too large");
    }

    @Test
    void refusesAnotherGenerator() {
        var model = skeleton(List.of(), 3, 4, "splitmix64-ih4/2");
        assertThatThrownBy(() -> Skeleton.digest(model, SILENT)).isInstanceOf(UnsupportedException.class);
    }

    private static void assertRefused(ModelProto model, String message) {
        assertThatThrownBy(() -> Skeleton.digest(model, SILENT))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(message);
    }

    private static int number(String type) {
        return switch (type) {
            case "uint8" -> 2;
            case "int8" -> 3;
            default -> 6;
        };
    }

    private static String record(String name, String type, long count, String rule) {
        return "{\"name\":\"%s\",\"dtype\":\"%s\",\"shape\":[%d],%s}".formatted(name, type, count, rule);
    }

    private static ModelProto skeleton(String record, int type, long count) {
        return skeleton(List.of(record), type, count, "splitmix64-ih4/1");
    }

    private static ModelProto skeleton(List<String> records, int type, long count, String generator) {
        var json = "{\"generator\":\"%s\",\"model\":\"m\",\"tensors\":[%s]}"
                .formatted(generator, String.join(",", records));
        var graph = new GraphProto(
                List.of(),
                "g",
                List.of(new TensorProto("w", type, List.of(count), WireReader.EMPTY)),
                "",
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                UnknownFields.NONE);
        return new ModelProto(
                8,
                "",
                "",
                "",
                0,
                "",
                graph,
                List.of(),
                List.of(new StringStringEntryProto("synthetic_initializers", json)),
                List.of(),
                UnknownFields.NONE);
    }
}
