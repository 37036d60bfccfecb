package dev.balsa.cli.benchmark;

import dev.balsa.Model;
import dev.balsa.Options;
import dev.balsa.cli.input.RandomTexts;
import dev.balsa.cli.report.Progress;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// Measures a model of texts whose lengths change from request to request, beside the same with all lengths
/// prepared.
///
/// First all requests run once as they come. Then another model, which is prepared for each shape and computes
/// padding like tokens, runs each shape some times more, of which the median counts.
///
/// @param batch texts of a request
/// @param least tokens of a text
/// @param most tokens of a text
/// @param first tokens of the first text of each request; 0 for as many as the others may have
/// @param requests that are measured
/// @param warmUp requests before
public record Texts(
        Path path, Options options, int batch, int least, int most, int first, int requests, int warmUp, long seed) {
    private static final int RUNS = 3;

    private record Timed(long nanos, boolean isNew) {}

    /// Measures.
    ///
    /// @throws dev.balsa.error.BalsaException if the model cannot be loaded or run, or its inputs are no texts
    public TextsResult run() {
        try (var progress = Progress.of("requests", 2L * (warmUp + requests))) {
            var coming = asTheyCome(progress);
            var megabytes = ResidentMemory.peakMegabytes();
            var prepared = prepared(progress);
            long tokens = 0;
            long places = 0;
            for (var request : prepared) {
                tokens += request.tokens();
                places += request.places();
            }
            return new TextsResult(
                    this,
                    coming.stream().map(Timed::nanos).toList(),
                    prepared.stream().map(Prepared::nanos).toList(),
                    coming.stream().map(Timed::isNew).toList(),
                    tokens,
                    places,
                    megabytes);
        }
    }

    private RandomTexts texts(Model model) {
        return new RandomTexts(model.inputs(), batch, least, most, first, seed);
    }

    private List<Timed> asTheyCome(Progress progress) {
        var times = new ArrayList<Timed>();
        try (var model = Model.load(path, options)) {
            var texts = texts(model);
            var seen = new HashSet<Long>();
            for (int i = 0; i < warmUp + requests; i++) {
                try (var arena = Arena.ofShared()) {
                    var request = texts.next(arena);
                    times.add(new Timed(time(model, request.tensors()), seen.add(longest(request))));
                }
                progress.done(i + 1L);
            }
        }
        return times.subList(warmUp, times.size());
    }

    private record Prepared(long nanos, long tokens, long places) {}

    /// The same requests by another model that has been prepared for them.
    private List<Prepared> prepared(Progress progress) {
        var all = new ArrayList<Prepared>();
        var known = new HashMap<Long, Long>();
        try (var model = Model.load(path, options.withPadding(true))) {
            var texts = texts(model);
            for (int i = 0; i < warmUp + requests; i++) {
                try (var arena = Arena.ofShared()) {
                    var request = texts.next(arena);
                    long length = longest(request);
                    if (i >= warmUp) {
                        long nanos = known.computeIfAbsent(length, _ -> prepared(model, request));
                        all.add(new Prepared(nanos, request.tokens(), length * batch));
                    }
                }
                progress.done(i + 1L + warmUp + requests);
            }
        }
        return all;
    }

    private static long prepared(Model model, RandomTexts.Request request) {
        model.prepare(request.shapes());
        time(model, request.tensors());
        return LongStream.range(0, RUNS)
                .map(_ -> time(model, request.tensors()))
                .sorted()
                .skip(RUNS / 2)
                .findFirst()
                .orElseThrow();
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
