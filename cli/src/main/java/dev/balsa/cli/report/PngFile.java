package dev.balsa.cli.report;

import dev.balsa.error.ResourceException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/// Writes pictures as PNG.
public final class PngFile {
    private PngFile() {}

    /// Writes a picture to `file`, whatever its name ends with.
    ///
    /// @throws ResourceException if the file cannot be written
    public static void write(BufferedImage picture, Path file) {
        try (var bytes = new ByteArrayOutputStream()) {
            ImageIO.write(picture, "png", bytes);
            Files.write(file, bytes.toByteArray());
        } catch (IOException e) {
            throw new ResourceException(
                    "picture " + file
                            + ": cannot be written; expected a folder that exists and can be written to, found "
                            + found(file, e) + "; make the folder, or name another file",
                    e);
        }
    }

    private static String found(Path file, IOException e) {
        var folder = file.toAbsolutePath().getParent();
        return folder == null || Files.isDirectory(folder) ? e.toString() : "no folder " + folder;
    }
}
