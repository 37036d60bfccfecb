package dev.balsa.cli.fuzz;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/// A mutant that the engine did not take as it should.
///
/// @param number the mutant's number, for [ModelMutator#mutant]
/// @param source the sound model that it was made of
/// @param what the exception or the place of the hang, in a few lines
public record Finding(long number, Path source, Verdict verdict, String what) {
    private static final int MOST_FRAMES = 12;

    /// The innermost frames of a stack trace, one a line.
    static String frames(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .limit(MOST_FRAMES)
                .map(frame -> "    at " + frame)
                .collect(Collectors.joining("\n", "\n", ""));
    }

    @Override
    public String toString() {
        return "mutant " + number + " of " + source + ": " + verdict + ": " + what;
    }
}
