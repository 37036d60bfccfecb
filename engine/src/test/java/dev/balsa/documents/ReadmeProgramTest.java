package dev.balsa.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.newcomer.JavaProgram;
import dev.balsa.newcomer.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        command.set(0, JavaProgram.launcher().toString());
        command.set(command.indexOf(JAR), JavaProgram.engine().toString());
        command.set(command.size() - 1, program.toString());
        assertThat(JavaProgram.output(command, folder.resolve("errors"))).isEqualToIgnoringNewLines("7");
    }
}
