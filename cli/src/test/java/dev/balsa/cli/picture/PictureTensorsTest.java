package dev.balsa.cli.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.TensorInfo;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PictureTensorsTest {
    @TempDir
    private Path folder;

    private Path save(BufferedImage image, String format) throws IOException {
        var file = folder.resolve("picture." + format);
        assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
        return file;
    }

    private static TensorInfo input(DataType type, String... dims) {
        return new TensorInfo("x", type, Optional.of(List.of(dims)));
    }

    private static Tensor read(Path file, TensorInfo input, String... options) {
        return PictureTensors.read(
                file, input, CommandLine.populateCommand(new PictureOptions(), options), Arena.ofAuto());
    }

    /// Red, green over blue, white.
    private Path colours() throws IOException {
        var image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0xFF0000);
        image.setRGB(1, 0, 0x00FF00);
        image.setRGB(0, 1, 0x0000FF);
        image.setRGB(1, 1, 0xFFFFFF);
        return save(image, "png");
    }

    @Test
    void channelsComeFirstOrLastAsTheInputTells() throws IOException {
        var first = read(colours(), input(DataType.FLOAT32, "batch", "3", "2", "2"));
        assertThat(first.shape()).isEqualTo(Shape.of(1, 3, 2, 2));
        assertThat(first.toLongArray()).containsExactly(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255);
        var last = read(colours(), input(DataType.UINT8, "1", "2", "2", "3"));
        assertThat(last.shape()).isEqualTo(Shape.of(1, 2, 2, 3));
        assertThat(last.toLongArray()).containsExactly(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255);
    }

    @Test
    void normalisesPerChannel() throws IOException {
        var tensor = read(
                colours(),
                input(DataType.FLOAT32, "1", "3", "h", "w"),
                "--scale=255",
                "--mean=0.5,0.25,0",
                "--std=0.5,0.25,1");
        assertThat(tensor.toFloatArray()).containsExactly(1, -1, -1, 1, -1, 3, -1, 3, 0, 0, 1, 1);
    }

    @Test
    void blueMayComeFirst() throws IOException {
        var tensor = read(colours(), input(DataType.FLOAT32, "1", "3", "2", "2"), "--bgr");
        assertThat(tensor.toLongArray()).containsExactly(0, 0, 255, 255, 0, 255, 0, 255, 255, 0, 0, 255);
    }

    @Test
    void greyValuesAreNotPassedThroughAGammaCurve() throws IOException {
        var image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setPixels(0, 0, 3, 1, new int[] {10, 100, 200});
        var tensor = read(save(image, "png"), input(DataType.FLOAT32, "1", "1", "1", "3"));
        assertThat(tensor.toLongArray()).containsExactly(10, 100, 200);
        var inverted = read(save(image, "bmp"), input(DataType.FLOAT32, "1", "1", "1", "3"), "--invert");
        assertThat(inverted.toLongArray()).containsExactly(245, 155, 55);
    }

    @Test
    void transparentPixelsAreLaidOverWhite() throws IOException {
        var image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00000000);
        image.setRGB(1, 0, 0x80000000);
        var tensor = read(save(image, "png"), input(DataType.FLOAT32, "1", "1", "1", "2"));
        assertThat(tensor.toLongArray()).containsExactly(255, 127);
    }

    @Test
    void resizesToTheInput() throws IOException {
        assertThat(read(colours(), input(DataType.FLOAT32, "n", "3", "5", "4")).shape())
                .isEqualTo(Shape.of(1, 3, 5, 4));
        assertThat(read(colours(), input(DataType.FLOAT32, "n", "3", "h", "w"), "--resize=6x3")
                        .shape())
                .isEqualTo(Shape.of(1, 3, 3, 6));
    }
}
