package dev.balsa.newcomer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The files of this repository, which tests start somewhere in.
public final class Repository {
    private Repository() {}

    /// The folder that holds README.md and the modules.
    public static Path root() {
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("engine").resolve("src"))) {
                return at;
            }
        }
        throw new IllegalStateException("no folder above the working directory holds engine/src");
    }

    /// The text of a file, by its path below [#root].
    public static String read(String path) {
        try {
            return Files.readString(root().resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
