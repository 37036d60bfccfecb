package dev.balsa.onnx;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Finds the test data in the folder `shared` beside the repository; a test that needs them is skipped without them.
public final class SharedFiles {
    private SharedFiles() {}

    /// A file or folder in the test data.
    public static Path find(String relative) {
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("shared").resolve(relative))) {
                return at.resolve("shared").resolve(relative);
            }
        }
        assumeTrue(false, "skipped: no test data at ../shared/" + relative);
        throw new AssertionError("unreachable");
    }

    /// All files below a folder of the test data whose names end so, in order.
    public static List<Path> below(String folder, String suffix) {
        try (var files = Files.walk(find(folder))) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
