package dev.balsa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.cpu.Isa;
import dev.balsa.error.ResourceException;
import dev.balsa.error.ShapeException;
import dev.balsa.error.UnsupportedException;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.onnx.SharedFiles;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Stories, token by token, by sessions and by runs that are given what the ones before gave.
class SessionTest {
    private static final long[] PROMPT = {1, 403, 407, 261, 378};
    private static final int TOKENS = 48;

    private static Path stories(String form) {
        return SharedFiles.find("real-models/llm-stories260k-onnx-" + form + "/model.onnx");
    }

    private static Map<String, Tensor> inputs(long length, long... tokens) {
        var positions = new long[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            positions[i] = length + i;
        }
        var inputs = new LinkedHashMap<String, Tensor>();
        inputs.put("input_ids", Tensor.of(tokens, 1, tokens.length));
        inputs.put("position_ids", Tensor.of(positions, 1, tokens.length));
        return inputs;
    }

    /// The token that is most likely to come next.
    private static long next(Outputs outputs) {
        var logits = outputs.get("logits");
        long vocabulary = logits.shape().dim(-1);
        long last = logits.size() - vocabulary;
        long best = 0;
        for (long i = 1; i < vocabulary; i++) {
            best = logits.getFloat(last + i) > logits.getFloat(last + best) ? i : best;
        }
        return best;
    }

    private static List<Long> told(Session session) {
        var told = new ArrayList<Long>();
        var tokens = PROMPT;
        for (int i = 0; i < TOKENS; i++) {
            try (var outputs = session.run(inputs(session.length(), tokens))) {
                assertThat(outputs.size()).isEqualTo(1);
                told.add(next(outputs));
            }
            tokens = new long[] {told.getLast()};
        }
        return told;
    }

    /// The same by runs of the model.
    private static List<Long> told(Model model) {
        var told = new ArrayList<Long>();
        var tokens = PROMPT;
        Map<String, Tensor> past = new LinkedHashMap<>();
        for (var input : model.inputs().subList(2, model.inputs().size())) {
            past.put(input.name(), Tensor.allocate(DataType.FLOAT32, Shape.of(1, 4, 0, 8)));
        }
        long length = 0;
        for (int i = 0; i < TOKENS; i++) {
            var inputs = inputs(length, tokens);
            inputs.putAll(past);
            // What it holds is read by the next run.
            var outputs = model.run(inputs);
            told.add(next(outputs));
            past.replaceAll((name, _) -> outputs.get(name.replace("past", "present")));
            length += tokens.length;
            tokens = new long[] {told.getLast()};
        }
        return told;
    }

    @ParameterizedTest
    @ValueSource(strings = {"opset17", "opset23"})
    void tellTheSameStory(String form) {
        var file = stories(form);
        var expected = new ArrayList<List<Long>>();
        for (var isa :
                Stream.concat(Stream.of(Isa.PORTABLE), CodeTrial.levels()).toList()) {
            if (CodeTrial.emulates(isa)) {
                continue;
            }
            for (var precision : List.of(Precision.EXACT, Precision.FAST)) {
                var options = Options.defaults().withThreads(2).withIsa(isa).withPrecision(precision);
                try (var model = Model.load(file, options);
                        var session = model.newSession()) {
                    if (expected.isEmpty()) {
                        expected.add(told(model));
                    }
                    assertThat(session.isInPlace()).isTrue();
                    assertThat(told(session)).as("%s, %s", isa, precision).isEqualTo(expected.getFirst());
                    assertThat(session.length()).isEqualTo(PROMPT.length + TOKENS - 1);
                    session.truncate(0);
                    assertThat(told(session)).isEqualTo(expected.getFirst());
                }
            }
        }
    }

    @Test
    void tellSeveralStoriesAtOnce() throws Exception {
        try (var model = Model.load(
                        stories("opset17"), Options.defaults().withThreads(2).withStreams(2));
                var threads = Executors.newFixedThreadPool(4)) {
            var expected = told(model);
            var all = threads.invokeAll(java.util.Collections.nCopies(6, () -> {
                try (var session = model.newSession()) {
                    return told(session);
                }
            }));
            for (var each : all) {
                assertThat(each.get()).isEqualTo(expected);
            }
        }
    }

    @Test
    void saysWhatItHoldsAndWants() {
        try (var model = Model.load(stories("opset17"));
                var session = model.newSession()) {
            assertThat(session.inputs()).extracting(TensorInfo::name).containsExactly("input_ids", "position_ids");
            assertThat(session.outputs()).extracting(TensorInfo::name).containsExactly("logits");
            assertThat(session.states()).hasSize(10);
            assertThatThrownBy(() -> session.run(Map.of("input_ids", Tensor.of(PROMPT, 1, PROMPT.length))))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("\"position_ids\" is missing");
            var given = inputs(0, PROMPT);
            given.put("past_0_k", Tensor.allocate(DataType.FLOAT32, Shape.of(1, 4, 0, 8)));
            assertThatThrownBy(() -> session.run(given))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("unknown");
            assertThat(session.length()).isZero();
            assertThatThrownBy(() -> session.truncate(1)).isInstanceOf(IllegalArgumentException.class);
            session.run(inputs(0, PROMPT)).close();
            session.close();
            assertThatThrownBy(() -> session.run(inputs(0, PROMPT)))
                    .isInstanceOf(ResourceException.class)
                    .hasMessageContaining("session is closed");
        }
    }

    @Test
    void needsStates() {
        var file = SharedFiles.find("real-models/digits-mnist-cntk/model.onnx");
        try (var model = Model.load(file)) {
            assertThatThrownBy(model::newSession)
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining("run the model without a session");
        }
    }
}
