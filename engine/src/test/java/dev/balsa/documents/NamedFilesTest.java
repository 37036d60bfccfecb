package dev.balsa.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.newcomer.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The files and folders that the documents name exist.
class NamedFilesTest {
    private static final String ENGINE = "engine/src/main/java/dev/balsa/";

    /// Text in back quotes or of a code block, and targets of links.
    private static final Pattern QUOTED = Pattern.compile("(?s)```.*?```|`([^`]+)`|\\]\\(([^)#]+)[^)]*\\)");

    private static final Pattern PATH = Pattern.compile("(?<![\\w./:])(\\./)?[\\w.-]+(/[\\w.-]+)*/?(?![\\w./:])");

    /// What the examples of ARCHITECTURE.md would add to the engine, and what commands make.
    private static final Set<String> NOT_THERE = Set.of(
            "dev/balsa/ir/elementwise/Squareplus.java",
            "dev/balsa/rewrite/MakeSoftplus.java",
            "dev/balsa/kernel/reduce/RunningSumRequest.java",
            "dev/balsa/kernel/reduce/RunningSumWork.java",
            "dev/balsa/kernel/reduce/RunningSumKernel.java");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGES.md"})
    void exist(String document) {
        var missing = paths(Repository.read(document))
                .filter(path -> !path.contains("target/") && !NOT_THERE.contains(path))
                .filter(path -> !isThere(path))
                .collect(Collectors.toSet());
        assertThat(missing).as("named by " + document + ", but not there").isEmpty();
    }

    @Test
    void areFoundInText() {
        var text =
                "[a](b/c.md) and `d/E.java`, `Map.of`, `x / y`, [w](https://example.org/x), \n```\n./f g/h.png\n```\n";
        assertThat(paths(text)).containsExactly("b/c.md", "d/E.java", "./f", "g/h.png");
    }

    /// The sources that ARCHITECTURE.md names by their file names alone.
    @Test
    void includeSourcesNamedWithoutFolder() throws IOException {
        try (var files = Files.walk(Repository.root().resolve("engine/src"))) {
            var names = files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
            var text = Pattern.compile("`(\\w+\\.java)`").matcher(Repository.read("ARCHITECTURE.md"));
            assertThat(text.results().map(found -> found.group(1))).isSubsetOf(names);
        }
    }

    /// ARCHITECTURE.md has something to say about every package of the engine and the command line.
    @ParameterizedTest
    @ValueSource(strings = {"engine", "cli"})
    void leaveNoPackageOut(String module) throws IOException {
        var named = paths(Repository.read("ARCHITECTURE.md")).collect(Collectors.toSet());
        var root = Repository.root();
        try (var files = Files.walk(root.resolve(module).resolve("src/main/java"))) {
            var packages = files.filter(file -> file.endsWith("package-info.java"))
                    .map(file -> root.relativize(file.getParent()).toString().replace('\\', '/') + "/")
                    .filter(folder -> !named.contains(folder) && !named.contains(folder.replace(ENGINE, "")));
            assertThat(packages)
                    .as("packages that ARCHITECTURE.md does not name")
                    .isEmpty();
        }
    }

    private static Stream<String> paths(String text) {
        return QUOTED.matcher(text)
                .results()
                .map(found -> found.group().startsWith("](") ? found.group(2) : found.group())
                .filter(quoted -> !quoted.contains("://"))
                .flatMap(quoted -> PATH.matcher(quoted).results().map(path -> path.group()))
                .filter(path -> path.contains("/"));
    }

    private static boolean isThere(String path) {
        var bases = List.of("", ENGINE, "engine/src/main/java/");
        return bases.stream()
                .map(base -> Repository.root().resolve(base + path))
                .anyMatch(NamedFilesTest::isRight);
    }

    private static boolean isRight(Path path) {
        return path.toString().contains("..") || Files.exists(path);
    }
}
