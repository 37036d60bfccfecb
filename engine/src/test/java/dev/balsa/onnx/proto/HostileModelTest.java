package dev.balsa.onnx.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.Seeds;
import dev.balsa.error.BalsaException;
import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ResourceException;
import dev.balsa.onnx.wire.Limits;
import dev.balsa.onnx.wire.UnknownFields;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Corrupt, truncated and lying files are refused with the right exception, whatever is wrong with them.
class HostileModelTest {
    private static final byte[] SOUND = SampleModel.bytes(SampleModel.model());

    static List<Long> seeds() {
        return Seeds.some(30);
    }

    @Test
    void everyTruncationIsReadOrRefused() {
        int refused = 0;
        for (int length = 0; length < SOUND.length; length++) {
            refused += readable(Arrays.copyOf(SOUND, length)) ? 0 : 1;
        }
        assertThat(refused).isGreaterThan(SOUND.length / 2);
    }

    @ParameterizedTest(name = "replay with -Dbalsa.seed={0}")
    @MethodSource("seeds")
    void everyMutationIsReadOrRefused(long seed) {
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            refused += readable(mutate(random)) ? 0 : 1;
        }
        assertThat(refused).isBetween(1, 199);
    }

    private static byte[] mutate(RandomGenerator random) {
        var bytes = SOUND.clone();
        int times = 1 + random.nextInt(4);
        for (int i = 0; i < times; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes[at] = (byte) 0xff;
                default -> bytes = splice(bytes, at, random.nextInt(Math.min(64, bytes.length - at)));
            }
        }
        return bytes;
    }

    private static byte[] splice(byte[] bytes, int at, int length) {
        var without = new byte[bytes.length - length];
        System.arraycopy(bytes, 0, without, 0, at);
        System.arraycopy(bytes, at + length, without, at, without.length - at);
        return without;
    }

    /// Reads the model and all its tensors; any exception but the two documented ones fails the test.
    private static boolean readable(byte[] bytes) {
        try (var arena = Arena.ofConfined()) {
            var model = OnnxFile.parse(MemorySegment.ofArray(bytes), Limits.DEFAULT);
            SampleModel.bytes(model);
            var data = new TensorData(new ExternalData(Path.of("no-such-folder", "model.onnx"), arena), arena);
            model.graph().initializers().forEach(tensor -> readTensor(data, tensor));
            return true;
        } catch (ModelFormatException e) {
            assertThat(e.getMessage()).contains("expected").contains("found");
            return false;
        }
    }

    private static void readTensor(TensorData data, TensorProto tensor) {
        try {
            data.bytes(tensor);
        } catch (ModelFormatException | ResourceException e) {
            assertThat(e.getMessage())
                    .contains("tensor \"")
                    .contains("expected")
                    .contains("found");
        }
    }

    @Test
    void graphsWithinGraphsAreLimited() {
        var graph = graphOf(List.of());
        for (int i = 0; i < 80; i++) {
            var body = new AttributeProto("body", new AttributeValue.OfGraph(graph));
            graph = graphOf(List.of(new NodeProto("Loop", "", List.of(), List.of(), List.of(body))));
        }
        var bytes = SampleModel.bytes(SampleModel.model().withGraph(graph));
        assertThatThrownBy(() -> OnnxFile.parse(MemorySegment.ofArray(bytes), Limits.DEFAULT))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith("graph.node[0].attribute[0].g.node[0]")
                .hasMessageContaining("nested too deeply");
    }

    @Test
    void shapesThatOverflowAreRefused() {
        var tensor = new TensorProto("t", 1, List.of(1L << 32, 1L << 32), SampleModel.segment(""));
        assertRefused(tensor, "graph.initializer[0].dims: tensor is too large");
        assertRefused(new TensorProto("t", 1, List.of(-1L), SampleModel.segment("")), "negative dimension");
        var rank = java.util.Collections.nCopies(65, 1L);
        assertRefused(new TensorProto("t", 1, rank, SampleModel.segment("")), "rank is too high");
    }

    @Test
    void nothingIsAllocatedForWhatIsNotThere() {
        var tensor = new TensorProto("t", 2, List.of(1L << 40), SampleModel.segment(""));
        try (var arena = Arena.ofConfined()) {
            var data = new TensorData(new ExternalData(Path.of("model.onnx"), arena), arena);
            assertThatThrownBy(() -> data.bytes(tensor))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("has no elements");
        }
    }

    private static void assertRefused(TensorProto tensor, String message) {
        var model = SampleModel.model();
        var bytes = SampleModel.bytes(model.withGraph(model.graph().withInitializers(List.of(tensor))));
        assertThatThrownBy(() -> OnnxFile.parse(MemorySegment.ofArray(bytes), Limits.DEFAULT))
                .isInstanceOf(BalsaException.class)
                .hasMessageContaining(message);
    }

    private static GraphProto graphOf(List<NodeProto> nodes) {
        return new GraphProto(
                nodes, "", List.of(), "", List.of(), List.of(), List.of(), List.of(), List.of(), UnknownFields.NONE);
    }
}
