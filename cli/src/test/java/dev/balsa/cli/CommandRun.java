package dev.balsa.cli;

import io.avaje.json.node.JsonNodeMapper;
import io.avaje.json.node.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// One command line, executed with its output caught.
record CommandRun(int status, String out, String err) {
    static CommandRun of(Object... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        int status = BalsaCommand.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(words);
        return new CommandRun(status, out.toString(), err.toString());
    }

    /// The last line of the output.
    String lastLine() {
        return out.lines().reduce("", (_, last) -> last);
    }

    /// The digits example of the repository.
    static Path digits(String file) {
        return Path.of("..", "examples", "digits", file);
    }

    static JsonObject json(Path file) {
        try {
            return JsonNodeMapper.builder().build().fromJsonObject(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
