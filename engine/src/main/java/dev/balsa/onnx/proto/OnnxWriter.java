package dev.balsa.onnx.proto;

import dev.balsa.error.ResourceException;
import dev.balsa.onnx.wire.Payload;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Writes models. Sizes are computed first and data are streamed, so a model may exceed 2 GB here, although other
/// runtimes refuse such a file and want external data.
///
/// Fields go out in ascending order, lists one tag per entry except the typed tensor data, which are packed: what the
/// reference implementation writes. A model read and written again is equal byte for byte if it was written like that.
public final class OnnxWriter {
    private OnnxWriter() {}

    /// Writes a model file, replacing what was there only when all is written. It may be the file that the model
    /// was read from.
    ///
    /// @throws ResourceException if the file cannot be written
    public static void write(ModelProto model, Path path) {
        write(model, path, TensorContents.OWN);
    }

    /// Writes a model file with other contents in its initialisers.
    public static void write(ModelProto model, Path path, TensorContents contents) {
        write(model.encode(contents), path);
    }

    /// Writes a model to a channel.
    public static void write(ModelProto model, WritableByteChannel channel) throws IOException {
        model.encode(TensorContents.OWN).writeTo(channel);
    }

    /// How many bytes a model takes.
    public static long size(ModelProto model, TensorContents contents) {
        return model.encode(contents).size();
    }

    /// Writes bytes to a file beside `path`, which then takes its place.
    public static void write(Payload bytes, Path path) {
        var target = path.toAbsolutePath();
        var part = target.resolveSibling(target.getFileName() + ".part");
        try {
            try (var channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                bytes.writeTo(channel);
            }
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new ResourceException(
                    "file " + path + ": cannot be written; expected a writable folder with enough space, found "
                            + e.getMessage(),
                    e);
        } finally {
            discard(part);
        }
    }

    private static void discard(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            System.getLogger(OnnxWriter.class.getName()).log(System.Logger.Level.WARNING, "left behind: " + part, e);
        }
    }
}
