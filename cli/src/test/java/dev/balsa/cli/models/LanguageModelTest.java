package dev.balsa.cli.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.Model;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import io.avaje.json.node.JsonArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Greedy text generation: every step feeds keys and values of the steps before back into the graph.
class LanguageModelTest {
    private static final int TOKENS = 100;

    @ParameterizedTest
    @ValueSource(strings = {"llm-stories260k-onnx-opset17", "llm-stories260k-onnx-opset23"})
    void tellsTheExpectedStory(String name) {
        var expected = SharedModels.json(SharedModels.find("llm-stories260k-gguf/expected.json"));
        var prompt = numbers((JsonArray) expected.extractNode("prompt_ids"));
        var story = numbers((JsonArray) expected.extractNode("greedy_ids"));
        try (var model = Model.load(SharedModels.find(name).resolve("model.onnx"))) {
            assertThat(generate(model, prompt)).isEqualTo(story).hasSize(TOKENS);
        }
    }

    private static List<Long> numbers(JsonArray array) {
        return array.stream().map(node -> Long.valueOf(node.text())).toList();
    }

    private static List<Long> generate(Model model, List<Long> prompt) {
        var inputs = emptyPast(model);
        var told = new ArrayList<Long>();
        var next = prompt;
        long position = 0;
        while (told.size() < TOKENS) {
            inputs.put("input_ids", row(next));
            inputs.put("position_ids", positions(position, next.size()));
            position += next.size();
            try (var outputs = model.run(inputs)) {
                told.add(likeliest(outputs.get("logits")));
                for (var info : model.outputs()) {
                    if (info.name().startsWith("present")) {
                        inputs.put(info.name().replace("present", "past"), copy(outputs.get(info.name())));
                    }
                }
            }
            next = List.of(told.getLast());
        }
        return told;
    }

    private static Map<String, Tensor> emptyPast(Model model) {
        var inputs = new HashMap<String, Tensor>();
        for (var info : model.inputs()) {
            if (info.name().startsWith("past")) {
                inputs.put(info.name(), Tensor.allocate(DataType.FLOAT32, Shape.of(1, 4, 0, 8)));
            }
        }
        return inputs;
    }

    private static Tensor row(List<Long> tokens) {
        return Tensor.of(tokens.stream().mapToLong(Long::longValue).toArray(), 1, tokens.size());
    }

    private static Tensor positions(long first, int count) {
        var positions = Tensor.allocate(DataType.INT64, Shape.of(1, count));
        for (int i = 0; i < count; i++) {
            positions.setLong(i, first + i);
        }
        return positions;
    }

    private static Tensor copy(Tensor tensor) {
        var copy = Tensor.allocate(tensor.type(), tensor.shape());
        copy.copyFrom(tensor);
        return copy;
    }

    /// The token with the greatest logit after the last position.
    private static long likeliest(Tensor logits) {
        long words = logits.shape().dim(-1);
        long from = logits.size() - words;
        long best = 0;
        for (long i = 1; i < words; i++) {
            best = logits.getFloat(from + i) > logits.getFloat(from + best) ? i : best;
        }
        return best;
    }
}
