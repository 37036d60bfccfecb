package dev.balsa.plan.choice;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Finds the folder in which the engine keeps what it need not find out twice.
public final class CacheFolder {
    private static final String NAME = "balsa";

    private CacheFolder() {}

    /// `BALSA_CACHE`, or else `balsa` in `XDG_CACHE_HOME`, or else `.cache/balsa` in the home folder; nothing
    /// where the environment tells none of them.
    ///
    /// @param environment variables by name
    /// @param home the user's home folder; empty if there is none
    public static Optional<Path> of(Map<String, String> environment, String home) {
        return path(environment.getOrDefault("BALSA_CACHE", ""))
                .or(() -> path(environment.getOrDefault("XDG_CACHE_HOME", ""))
                        // The XDG base directory specification has relative paths ignored.
                        .filter(Path::isAbsolute)
                        .map(folder -> folder.resolve(NAME)))
                .or(() -> path(home).map(folder -> folder.resolve(".cache").resolve(NAME)));
    }

    private static Optional<Path> path(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
