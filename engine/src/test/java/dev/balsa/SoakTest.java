package dev.balsa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model run again and again gives the same bits and leaves next to nothing on the heap.
class SoakTest {
    /// Vectors live on the heap until the compiler has seen their loops often enough.
    private static final int MOST_ROUNDS = 400;

    private static final int PER_ROUND = 50;
    private static final long MOST_BYTES_PER_RUN = 1024;

    @Test
    void runsAllocateNextToNothing(@TempDir Path folder) throws IOException {
        var file = folder.resolve("small.onnx");
        SmallNetwork.write(file);
        var meter = new HeapMeter();
        var inputs = SmallNetwork.inputs(1);
        try (var model = Model.load(file, Options.defaults().withThreads(2))) {
            var expected = classes(model, inputs);
            long least = Long.MAX_VALUE;
            for (int round = 0; round < MOST_ROUNDS && least > MOST_BYTES_PER_RUN; round++) {
                long before = meter.bytes();
                for (int run = 0; run < PER_ROUND; run++) {
                    model.run(inputs).close();
                }
                least = Math.min(least, (meter.bytes() - before) / PER_ROUND);
                assertThat(classes(model, inputs)).isEqualTo(expected);
            }
            assertThat(least).as("bytes of heap per run").isLessThanOrEqualTo(MOST_BYTES_PER_RUN);
        }
    }

    private static float[] classes(Model model, Map<String, Tensor> inputs) {
        try (var outputs = model.run(inputs)) {
            return outputs.get("classes").toFloatArray();
        }
    }
}
