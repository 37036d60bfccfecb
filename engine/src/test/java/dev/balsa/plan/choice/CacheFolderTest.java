package dev.balsa.plan.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
    private static final Path HOME = Path.of("home").toAbsolutePath();

    @Test
    void isWhatTheEnvironmentSays() {
        var cache = Path.of("cache").toAbsolutePath();
        assertThat(CacheFolder.of(Map.of("BALSA_CACHE", "own", "XDG_CACHE_HOME", cache.toString()), HOME.toString()))
                .contains(Path.of("own"));
        assertThat(CacheFolder.of(Map.of("BALSA_CACHE", "", "XDG_CACHE_HOME", cache.toString()), HOME.toString()))
                .contains(cache.resolve("balsa"));
    }

    @Test
    void isElseBelowTheHomeFolder() {
        var below = HOME.resolve(".cache").resolve("balsa");
        assertThat(CacheFolder.of(Map.of(), HOME.toString())).contains(below);
        assertThat(CacheFolder.of(Map.of("XDG_CACHE_HOME", "relative"), HOME.toString()))
                .contains(below);
    }

    @Test
    void isNowhereWithoutEither() {
        assertThat(CacheFolder.of(Map.of(), "")).isEmpty();
    }
}
