package dev.balsa.cli;

import dev.balsa.error.BalsaException;
import dev.balsa.error.ErrorCode;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says what went wrong in one line, and chooses the exit status.
///
/// @param verbose whether to add the stack trace
record ErrorReport(BooleanSupplier verbose) implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception problem, CommandLine command, ParseResult parsed) {
        var err = command.getErr();
        var name = command.getCommandSpec().qualifiedName();
        if (problem instanceof BalsaException failure) {
            err.println(name + ": " + failure.getMessage());
        } else {
            err.println(name + ": defect: " + problem + "; repeat with --verbose and report it");
        }
        if (verbose.getAsBoolean()) {
            problem.printStackTrace(err);
        }
        err.flush();
        return problem instanceof BalsaException failure
                ? ExitCode.of(failure.code())
                : ExitCode.of(ErrorCode.INTERNAL);
    }

    /// Reports a command line that cannot be understood.
    static int wrongOptions(ParameterException problem, String[] arguments) {
        var command = problem.getCommandLine();
        var err = command.getErr();
        var name = command.getCommandSpec().qualifiedName();
        err.println(name + ": " + problem.getMessage());
        UnmatchedArgumentException.printSuggestions(problem, err);
        err.println("Try '" + name + " --help'.");
        err.flush();
        return ExitCode.USAGE;
    }
}
