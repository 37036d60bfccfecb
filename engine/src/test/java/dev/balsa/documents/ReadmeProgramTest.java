package dev.balsa.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.error.BalsaException;
import dev.balsa.newcomer.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program of README.md, compiled and run by `java` as README.md says.
class ReadmeProgramTest {
    private static final Pattern JAVA = Pattern.compile("(?s)```java\n(.*?)```");
    private static final Pattern COMMAND = Pattern.compile("(?s)```\n(java [^`]*)```");
    private static final String JAR = "engine/target/quick/balsa-engine-0.1.0-SNAPSHOT.jar";

    private static String only(Pattern pattern) {
        var found = pattern.matcher(Repository.read("README.md")).results().toList();
        assertThat(found).as("README.md: " + pattern).hasSize(1);
        return found.getFirst().group(1);
    }

    @Test
    void hasTwelveLines() {
        assertThat(only(JAVA).lines()).hasSize(12).noneMatch(String::isBlank);
    }

    @Test
    void printsTheDigit(@TempDir Path folder) throws Exception {
        var program = Files.writeString(folder.resolve("Seven.java"), only(JAVA));
        var command = new ArrayList<>(
                List.of(only(COMMAND).replace("\\\n", " ").strip().split("\\s+")));
        assertThat(command).startsWith("java").contains(JAR).endsWith("Seven.java");
        command.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.set(command.indexOf(JAR), engine().toString());
        command.set(command.size() - 1, program.toString());
        assertThat(output(command, folder.resolve("errors"))).isEqualToIgnoringNewLines("7");
    }

    private static String output(List<String> command, Path errors) throws IOException, InterruptedException {
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

    /// Where the engine under test was compiled to, in place of the jar.
    private static Path engine() throws Exception {
        return Path.of(BalsaException.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }
}
