package dev.balsa.cli.benchmark;

import dev.balsa.Options;
import dev.balsa.TensorInfo;
import dev.balsa.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// How much memory a process takes that does nothing but load a model with one runtime and run it once: such a
/// process is started, with the command line of this one and `--alone RUNTIME` behind.
public final class PeakMemory {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final String MAIN = "dev.balsa.cli.Main";
    private static final long PATIENCE_SECONDS = 600;

    private PeakMemory() {}

    /// The part of such a process: loads, runs once, and tells the most memory in RAM that there has been.
    ///
    /// @param inputs makes the inputs, which stay valid until this returns
    /// @return megabytes of 2^20 bytes; nothing where the system does not tell
    /// @throws dev.balsa.error.BalsaException if the model cannot be loaded or run
    public static OptionalDouble here(
            RuntimeName runtime, Path path, Options options, Function<List<TensorInfo>, Map<String, Tensor>> inputs) {
        switch (runtime) {
            case BALSA -> {
                var loaded = BalsaContestant.load(path, options);
                try (var balsa = BalsaContestant.ready(
                        loaded, inputs.apply(loaded.model().inputs()))) {
                    balsa.run();
                }
            }
            case ONNXRUNTIME -> {
                try (var peer = OnnxRuntimeContestant.load(path, options, inputs)) {
                    peer.run();
                }
            }
        }
        return ResidentMemory.peakMegabytes();
    }

    /// Starts such a process and waits for it.
    ///
    /// @return megabytes; nothing where the process cannot be started or the system does not tell
    static OptionalDouble alone(RuntimeName runtime) {
        var command = ownCommand();
        if (command.isEmpty()) {
            return OptionalDouble.empty();
        }
        var words = new ArrayList<>(command.get());
        words.addAll(List.of("--alone", runtime.label()));
        try {
            var process = new ProcessBuilder(words)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
            try (var output = process.inputReader(StandardCharsets.UTF_8)) {
                var lines = output.lines().toList();
                boolean hasEnded = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
                return hasEnded && process.exitValue() == 0 && lines.size() == 1
                        ? OptionalDouble.of(Double.parseDouble(lines.getFirst()))
                        : OptionalDouble.empty();
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return OptionalDouble.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalDouble.empty();
        }
    }

    /// The words that started this process, if it is the command line and the system tells.
    private static Optional<List<String>> ownCommand() {
        try {
            var words = List.of(Files.readString(COMMAND_LINE).split("\0"));
            return words.stream().anyMatch(word -> word.endsWith(MAIN)) ? Optional.of(words) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
