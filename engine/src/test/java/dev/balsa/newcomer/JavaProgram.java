package dev.balsa.newcomer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.error.BalsaException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Programs in JVMs of their own, which no other test has warmed up or filled.
public final class JavaProgram {
    private JavaProgram() {}

    /// The `java` that runs the tests.
    public static Path launcher() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /// Where the engine under test was compiled to: a module path, in place of the jar.
    public static Path engine() {
        try {
            return Path.of(BalsaException.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /// What a command prints, run at [Repository#root]; it must end within five minutes and with exit status 0. What it
    /// writes to standard error goes to a file.
    public static String output(List<String> command, Path errors) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command)
                .directory(Repository.root().toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ends").isTrue();
            assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
