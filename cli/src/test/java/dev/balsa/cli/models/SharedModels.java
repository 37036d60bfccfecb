package dev.balsa.cli.models;

import static org.junit.jupiter.api.Assumptions.abort;

import io.avaje.json.node.JsonNode;
import io.avaje.json.node.JsonNodeMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Finds the pretrained models in the folder `shared` beside the repository; a test that needs them is skipped without
/// them.
public final class SharedModels {
    private SharedModels() {}

    /// A file or folder below `shared/real-models`.
    static Path find(String relative) {
        return shared("real-models/" + relative);
    }

    /// A file or folder below `shared`.
    public static Path shared(String relative) {
        var place = Path.of("shared").resolve(relative);
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve(place))) {
                return at.resolve(place);
            }
        }
        return abort("skipped: no test data at ../" + place);
    }

    /// A JSON file.
    static JsonNode json(Path file) {
        try {
            return JsonNodeMapper.builder().build().fromJson(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
