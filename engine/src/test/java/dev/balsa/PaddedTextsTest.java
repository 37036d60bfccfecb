package dev.balsa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.onnx.SharedFiles;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A BERT in an exporter's own words: texts of many lengths with their padding and without it.
class PaddedTextsTest {
    private static final int VOCABULARY = 1656;
    private static final int HIDDEN = 50;
    /// Of sums of a few hundred products of float32 in another order.
    private static final double TOLERANCE = 1e-5;

    private static Map<String, Tensor> inputs(Random random, int batch, int longest) {
        var inputs = new LinkedHashMap<String, Tensor>();
        for (var name : new String[] {"input_ids", "attention_mask", "token_type_ids"}) {
            inputs.put(name, Tensor.allocate(DataType.INT64, Shape.of(batch, longest)));
        }
        for (int text = 0; text < batch; text++) {
            int length = text == 0 ? longest : 1 + random.nextInt(longest);
            for (int place = 0; place < length; place++) {
                inputs.get("input_ids").setLong((long) text * longest + place, random.nextInt(VOCABULARY));
                inputs.get("token_type_ids").setLong((long) text * longest + place, random.nextInt(2));
                inputs.get("attention_mask").setLong((long) text * longest + place, 1);
            }
        }
        return inputs;
    }

    @Test
    void padsOnlyWhereAsked() {
        var random = new Random(7);
        var file = SharedFiles.find("tiny-random-models/tinybert-tribuo/model.onnx");
        var options = Options.defaults().withThreads(2);
        try (var model = Model.load(file, options);
                var padding = Model.load(file, options.withPadding(true))) {
            for (int run = 0; run < 30; run++) {
                var inputs = inputs(random, 1 + random.nextInt(6), 1 + random.nextInt(100));
                try (var found = model.run(inputs);
                        var expected = padding.run(inputs)) {
                    compare(inputs.get("attention_mask"), found.get(0), expected.get(0));
                    assertThat(found.get(1).shape()).isEqualTo(expected.get(1).shape());
                    for (long i = 0; i < found.get(1).size(); i++) {
                        assertThat(found.get(1).getFloat(i))
                                .isCloseTo(expected.get(1).getFloat(i), within((float) TOLERANCE));
                    }
                }
            }
        }
    }

    private static void compare(Tensor mask, Tensor found, Tensor expected) {
        assertThat(found.shape()).isEqualTo(expected.shape());
        for (long place = 0; place < mask.size(); place++) {
            for (long i = place * HIDDEN; i < (place + 1) * HIDDEN; i++) {
                double wanted = mask.getLong(place) == 1 ? expected.getFloat(i) : found.getFloat(i);
                assertThat((double) found.getFloat(i)).as("place %d", place).isCloseTo(wanted, within(TOLERANCE));
            }
        }
    }
}
