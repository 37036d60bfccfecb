package dev.balsa.cli.benchmark;

import dev.balsa.Model;
import dev.balsa.Options;
import dev.balsa.cli.input.RandomTexts;
import dev.balsa.cli.report.Progress;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;

/// Measures a model of texts whose lengths change from request to request, beside the same with all lengths
/// prepared.
///
/// Each request runs once as it comes; then a model that has been prepared for its shape runs it with all places
/// computed, twice, of which the second run counts.
///
/// @param batch texts of a request
/// @param least tokens of a text
/// @param most tokens of a text
/// @param first tokens of the first text of each request; 0 for as many as the others may have
/// @param requests that are measured
/// @param warmUp requests before
public record Texts(
        Path path, Options options, int batch, int least, int most, int first, int requests, int warmUp, long seed) {
    /// Measures.
    ///
    /// @throws dev.balsa.error.BalsaException if the model cannot be loaded or run, or its inputs are no texts
    public TextsResult run() {
        var coming = new ArrayList<Long>();
        var prepared = new ArrayList<Long>();
        var isNew = new ArrayList<Boolean>();
        long tokens = 0;
        long places = 0;
        try (var model = Model.load(path, options);
                var fixed = Model.load(path, options);
                var progress = Progress.of("requests", (long) warmUp + requests)) {
            var texts = new RandomTexts(model.inputs(), batch, least, most, first, seed);
            var seen = new HashSet<Long>();
            for (int i = 0; i < warmUp + requests; i++) {
                try (var arena = Arena.ofShared()) {
                    var request = texts.next(arena);
                    long length = longest(request);
                    long nanos = time(model, request.tensors());
                    boolean first = seen.add(length);
                    fixed.prepare(request.shapes());
                    var whole = RandomTexts.unmasked(request, arena).tensors();
                    time(fixed, whole);
                    long alone = time(fixed, whole);
                    if (i >= warmUp) {
                        coming.add(nanos);
                        prepared.add(alone);
                        isNew.add(first);
                        tokens += request.tokens();
                        places += length * batch;
                    }
                    progress.done(i + 1L);
                }
            }
        }
        return new TextsResult(this, coming, prepared, isNew, tokens, places, ResidentMemory.peakMegabytes());
    }

    private static long longest(RandomTexts.Request request) {
        return request.tensors().values().iterator().next().shape().dim(1);
    }

    private static long time(Model model, Map<String, Tensor> tensors) {
        long start = System.nanoTime();
        model.run(tensors).close();
        return System.nanoTime() - start;
    }
}
