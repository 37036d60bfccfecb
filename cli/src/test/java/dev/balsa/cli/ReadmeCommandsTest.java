package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// README.md lists the commands that there are, and names no options that they lack.
class ReadmeCommandsTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `\\./balsa (\\w+)[^`]*` \\| .*$");
    private static final Pattern CALL = Pattern.compile("\\./balsa (\\w+) ([^`\\\\\n]*(?:\\\\\n[^`\\\\\n]*)*)");
    private static final Pattern OPTION = Pattern.compile("(?<=[ `])--?[a-z][a-z-]*");

    @Test
    void listsEveryCommand() throws IOException {
        var commands = new HashSet<>(BalsaCommand.commandLine().getSubcommands().keySet());
        commands.remove("help");
        commands.removeIf(name -> BalsaCommand.commandLine()
                .getSubcommands()
                .get(name)
                .getCommandSpec()
                .usageMessage()
                .hidden());
        var rows = ROW.matcher(readme()).results().map(row -> row.group(1)).toList();
        assertThat(rows).containsExactlyInAnyOrderElementsOf(commands);
    }

    @Test
    void namesOptionsThatThereAre() throws IOException {
        var rows = ROW.matcher(readme()).results().toList();
        assertThat(rows).isNotEmpty().allSatisfy(ReadmeCommandsTest::assertOptions);
        var calls = CALL.matcher(readme()).results().toList();
        assertThat(calls).isNotEmpty().allSatisfy(ReadmeCommandsTest::assertOptions);
    }

    private static void assertOptions(MatchResult text) {
        var command = BalsaCommand.commandLine().getSubcommands().get(text.group(1));
        assertThat(command).as(text.group(1)).isNotNull();
        Set<String> named =
                OPTION.matcher(text.group()).results().map(MatchResult::group).collect(Collectors.toSet());
        assertThat(command.getCommandSpec().optionsMap().keySet())
                .as(text.group())
                .containsAll(named);
    }

    private static String readme() throws IOException {
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("README.md"))) {
                return Files.readString(at.resolve("README.md"));
            }
        }
        throw new IllegalStateException("no folder above the working directory holds README.md");
    }
}
