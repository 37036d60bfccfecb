package dev.balsa.cli.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.Model;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import io.avaje.json.node.JsonArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Voice activity in a stream of audio: a recurrent state goes from chunk to chunk.
class VoiceActivityTest {
    private static final int WAV_HEADER_BYTES = 44;
    private static final int CONTEXT = 64;
    private static final int CHUNK = 512;

    @Test
    void hearsSpeechWhereTheReferenceDoes() throws IOException {
        var folder = SharedModels.find("speech-silero-vad");
        var expected = (JsonArray) SharedModels.json(folder.resolve("stream_probs.json"));
        var samples = samples(folder.resolve("audio_16k.wav"));
        assertThat(samples.length / CHUNK).isEqualTo(expected.size()).isEqualTo(375);
        try (var model = Model.load(folder.resolve("model.onnx"))) {
            var state = Tensor.allocate(DataType.FLOAT32, Shape.of(2, 1, 128));
            var rate = Tensor.of(new long[] {16_000}, 1).reshaped(Shape.scalar());
            for (int i = 0; i < expected.size(); i++) {
                try (var outputs = model.run(Map.of("input", chunk(samples, i), "state", state, "sr", rate))) {
                    double probability =
                            Double.parseDouble(expected.elements().get(i).text());
                    assertThat(outputs.get("output").getFloat(0))
                            .as("chunk %d", i)
                            .isCloseTo((float) probability, within(1e-4F));
                    state.copyFrom(outputs.get("stateN"));
                }
            }
        }
    }

    private static float[] samples(Path wav) throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(wav))
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(WAV_HEADER_BYTES);
        var samples = new float[bytes.remaining() / Short.BYTES];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = bytes.getShort() / 32768F;
        }
        return samples;
    }

    /// A chunk with the end of the one before; before the first there is silence.
    private static Tensor chunk(float[] samples, int index) {
        var values = new float[CONTEXT + CHUNK];
        for (int i = 0; i < values.length; i++) {
            int at = index * CHUNK - CONTEXT + i;
            values[i] = at < 0 ? 0 : samples[at];
        }
        return Tensor.of(values, 1, values.length);
    }
}
