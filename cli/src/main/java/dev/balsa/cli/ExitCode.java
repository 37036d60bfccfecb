package dev.balsa.cli;

import dev.balsa.error.ErrorCode;

/// The exit statuses of the command, as its help lists them.
final class ExitCode {
    static final int OK = 0;
    /// A comparison did not hold, or a case failed.
    static final int FAILED = 1;
    static final int USAGE = 2;
    private static final int FIRST_ERROR = 3;

    private ExitCode() {}

    static int of(ErrorCode code) {
        return switch (code) {
            case MODEL_FORMAT -> FIRST_ERROR;
            case UNSUPPORTED -> FIRST_ERROR + 1;
            case SHAPE -> FIRST_ERROR + 2;
            case RESOURCE -> FIRST_ERROR + 3;
            case INTERNAL -> FIRST_ERROR + 4;
        };
    }
}
