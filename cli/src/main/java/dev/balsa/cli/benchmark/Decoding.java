package dev.balsa.cli.benchmark;

import dev.balsa.Model;
import dev.balsa.Options;
import dev.balsa.Session;
import dev.balsa.cli.input.DecoderInputs;
import dev.balsa.cli.report.Progress;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;

/// Measures a decoder: a prompt, then token by token, in a session that keeps what was before.
///
/// All is done twice, of which the second time counts; programs that were planned for the first are not planned
/// for the second.
///
/// @param prompt tokens of the first run
/// @param tokens runs of one token after it
public record Decoding(Path path, Options options, int prompt, int tokens, long seed) {
    /// Measures.
    ///
    /// @throws dev.balsa.error.BalsaException if the model cannot be loaded or run, or is no decoder
    public DecodingResult run() {
        try (var progress = Progress.of("tokens", 2L * tokens);
                var model = Model.load(path, options);
                var session = model.newSession()) {
            var first = time(session, progress, 0);
            session.truncate(0);
            var second = time(session, progress, tokens);
            return new DecodingResult(
                    this, first, second, session.isInPlace(), session.length(), ResidentMemory.peakMegabytes());
        }
    }

    private DecodingResult.Times time(Session session, Progress progress, long done) {
        var inputs = new DecoderInputs(session.inputs(), seed);
        long begin = time(session, inputs, prompt);
        var each = new ArrayList<Long>();
        for (int i = 0; i < tokens; i++) {
            each.add(time(session, inputs, 1));
            progress.done(done + i + 1);
        }
        return new DecodingResult.Times(begin, each);
    }

    private static long time(Session session, DecoderInputs inputs, int count) {
        try (var arena = Arena.ofShared()) {
            var given = inputs.next(session.length(), count, arena);
            long start = System.nanoTime();
            session.run(given).close();
            return System.nanoTime() - start;
        }
    }
}
