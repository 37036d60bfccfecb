package dev.balsa.cpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/// The text files by which Linux tells about the machine: `/proc` and `/sys`.
///
/// @param root the folder that they are in: `/`, or one that looks like it
record SystemFiles(Path root) {
    /// The text of a file, without space around it; empty if it cannot be read.
    ///
    /// @param path an absolute path, taken to begin at the root of these files
    Optional<String> text(String path) {
        try {
            var bytes = Files.readAllBytes(root.resolve(path.substring(1)));
            return Optional.of(new String(bytes, StandardCharsets.UTF_8).strip());
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }
}
