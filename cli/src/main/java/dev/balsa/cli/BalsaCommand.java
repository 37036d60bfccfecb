package dev.balsa.cli;

import dev.balsa.cli.input.IsaConverter;
import dev.balsa.cpu.Isa;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `balsa`: the list of commands, and what holds for all of them.
@Command(
        name = "balsa",
        description = "Runs ONNX models on the CPU.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        version = "balsa 0.1",
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:done",
            "1:a comparison did not hold, or a case failed",
            "2:wrong options",
            "3:MODEL_FORMAT, a file is damaged or contradicts the specification",
            "4:UNSUPPORTED, the model or an option asks for what Balsa does not have",
            "5:SHAPE, a tensor's shape, type or value does not fit",
            "6:RESOURCE, a file is missing or a limit was reached",
            "7:INTERNAL, a defect in Balsa"
        },
        subcommands = {
            RunCommand.class,
            InspectCommand.class,
            BenchmarkCommand.class,
            TextsCommand.class,
            DecodeCommand.class,
            AccuracyCommand.class,
            ProfileCommand.class,
            TuneCommand.class,
            ConformanceCommand.class,
            FillCommand.class,
            FuzzCommand.class,
            OperatorsCommand.class,
            CpuCommand.class,
            RehearseCommand.class,
            CommandLine.HelpCommand.class
        })
public final class BalsaCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "show the stack trace of errors")
    private boolean verbose;

    /// The command line, ready to execute; writers can be set on it.
    public static CommandLine commandLine() {
        var root = new BalsaCommand();
        return new CommandLine(root)
                .registerConverter(Isa.class, new IsaConverter())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new ErrorReport(() -> root.verbose))
                .setParameterExceptionHandler(ErrorReport::wrongOptions);
    }

    /// Without a command there is nothing to do.
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given");
    }
}
