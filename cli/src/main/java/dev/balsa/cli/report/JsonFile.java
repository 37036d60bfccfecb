package dev.balsa.cli.report;

import dev.balsa.error.ResourceException;
import io.avaje.json.node.JsonDouble;
import io.avaje.json.node.JsonNode;
import io.avaje.json.node.JsonNodeMapper;
import io.avaje.json.node.JsonString;
import io.avaje.json.stream.JsonStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes results as JSON.
public final class JsonFile {
    private static final String STANDARD_OUTPUT = "-";

    private JsonFile() {}

    /// Whether the document goes to standard output, where nothing else should be printed then.
    public static boolean isStandardOutput(Path file) {
        return file.toString().equals(STANDARD_OUTPUT);
    }

    /// Writes a document to `file`, or to `out` if the file is `-`.
    ///
    /// @throws ResourceException if the file cannot be written
    public static void write(JsonNode document, Path file, PrintWriter out) {
        var text = text(document);
        if (isStandardOutput(file)) {
            out.println(text);
            return;
        }
        try {
            Files.writeString(file, text + "\n");
        } catch (IOException e) {
            throw new ResourceException(
                    "file " + file + ": cannot be written; expected a writable folder, found " + e.getMessage(), e);
        }
    }

    /// A number, or the text `NaN`, `Infinity` or `-Infinity`, which JSON has no numbers for.
    public static JsonNode number(double value) {
        return Double.isFinite(value) ? JsonDouble.of(value) : JsonString.of(Double.toString(value));
    }

    private static String text(JsonNode document) {
        var text = new StringWriter();
        try (var writer = JsonStream.builder().build().writer(text)) {
            writer.pretty(true);
            JsonNodeMapper.builder().build().toJson(document, writer);
        }
        return text.toString();
    }
}
