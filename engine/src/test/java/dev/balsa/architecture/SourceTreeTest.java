package dev.balsa.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Rules about source files, for every module of the repository.
class SourceTreeTest {

    private static final int LONGEST_FILE = 600;

    private static final List<Path> SOURCES = sources(repository());

    @Test
    void isFound() {
        assertThat(SOURCES).anyMatch(file -> file.endsWith("dev/balsa/error/BalsaException.java"));
    }

    @Test
    void keepsFilesShort() {
        var tooLong = SOURCES.stream()
                .filter(file -> lines(file).size() > LONGEST_FILE)
                .map(file -> file + ": " + lines(file).size() + " lines");
        assertThat(tooLong).as("files of more than " + LONGEST_FILE + " lines").isEmpty();
    }

    @Test
    void explainsEveryPackageAndMarksItNullSafe() {
        var unexplained = SOURCES.stream()
                .filter(file -> file.toString().contains("/src/main/java/") && !file.endsWith("module-info.java"))
                .map(file -> file.resolveSibling("package-info.java"))
                .distinct()
                .filter(info -> !Files.exists(info) || !explains(lines(info)));
        assertThat(unexplained)
                .as("package-info.java missing, without documentation, or without @NullMarked")
                .isEmpty();
    }

    private static boolean explains(List<String> packageInfo) {
        return packageInfo.stream().anyMatch(line -> line.startsWith("///"))
                && packageInfo.stream().anyMatch(line -> line.startsWith("@") && line.endsWith("NullMarked"));
    }

    private static List<Path> sources(Path repository) {
        try (var modules = Files.list(repository)) {
            return modules.map(module -> module.resolve("src"))
                    .filter(Files::isDirectory)
                    .flatMap(SourceTreeTest::javaFilesBelow)
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException("sources: cannot list " + repository, e);
        }
    }

    private static Stream<Path> javaFilesBelow(Path folder) {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new IllegalStateException("sources: cannot walk " + folder, e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new IllegalStateException("sources: cannot read " + file, e);
        }
    }

    /// The folder that holds the modules: tests start in one of them, or in the folder itself.
    private static Path repository() {
        var here = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(here.resolve("engine").resolve("src"))) {
            here = here.getParent();
            if (here == null) {
                throw new IllegalStateException("sources: no folder above the working directory holds engine/src");
            }
        }
        return here;
    }
}
