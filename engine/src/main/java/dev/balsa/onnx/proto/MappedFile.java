package dev.balsa.onnx.proto;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ResourceException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Maps whole files for reading, with an error for everything that can be wrong with a path.
final class MappedFile {
    private MappedFile() {}

    /// Maps a file read-only until the arena is closed.
    ///
    /// @param kind what the file should be, for errors, such as "model file"
    static MemorySegment map(Path path, Arena arena, String kind) {
        if (Files.isDirectory(path)) {
            throw new ResourceException(kind + " " + path + ": cannot be read; expected a file, found a directory");
        }
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size == 0) {
                throw new ModelFormatException(
                        kind + " " + path + ": is empty; expected data, found 0 bytes; it may not"
                                + " have been downloaded or written to its end");
            }
            return channel.map(MapMode.READ_ONLY, 0, size, arena);
        } catch (NoSuchFileException e) {
            throw new ResourceException(
                    kind + " " + path + ": does not exist; expected a file, found nothing; check the path", e);
        } catch (AccessDeniedException e) {
            throw new ResourceException(
                    kind + " " + path + ": may not be read; expected read permission, found none; check its mode", e);
        } catch (IOException e) {
            throw new ResourceException(
                    kind + " " + path + ": cannot be read; expected a readable file, found " + e.getMessage(), e);
        }
    }
}
