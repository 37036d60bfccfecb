package dev.balsa.cli.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResamplingTest {
    /// Random bytes, 11 by 7.
    private static final int[] PIXELS = {
        121, 66, 189, 242, 33, 6, 240, 132, 119, 98, 240, 243, 203, 77, 118, 77, 199, 7, 32, 81, 21, 154, 15, 137, 242,
        198, 218, 202, 227, 68, 187, 49, 18, 69, 253, 111, 132, 223, 154, 215, 197, 179, 208, 118, 172, 14, 143, 83,
        167, 53, 108, 136, 145, 63, 32, 246, 247, 45, 176, 34, 210, 77, 10, 150, 218, 212, 60, 22, 23, 193, 169, 142,
        120, 18, 158, 3, 39
    };

    private static Picture picture(int width, int height, int... pixels) {
        var bytes = new byte[pixels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) pixels[i];
        }
        return new Picture(width, height, 1, bytes);
    }

    private static int[] pixels(Picture picture) {
        return IntStream.range(0, picture.width() * picture.height())
                .map(i -> picture.sample(i % picture.width(), i / picture.width(), 0))
                .toArray();
    }

    /// Expected values from Pillow 9.4, `Image.resize((width, height), Image.BILINEAR)`.
    @ParameterizedTest
    @CsvSource({
        "4, 3, 150 136 112 100 140 159 156 124 120 125 101 114",
        "1, 1, 132",
        "11, 3, 151 140 152 179 91 131 137 75 117 55 156 101 166 143 138 189 147 172 132 165 126 82 164 117 58 162 111"
                + " 152 99 40 152 108 112",
        "5, 7, 110 168 83 148 156 194 105 114 40 83 111 210 206 134 63 156 155 186 196 168 99 112 98 127 67 208 114 126"
                + " 82 203 37 124 140 79 46",
        "13, 9, 121 79 142 213 178 29 6 204 165 125 111 131 240 202 168 131 135 129 74 135 93 71 80"
                + " 76 78 183 142 166 159 152 149 149 200 120 65 91 92 48 94 27 132 194 200 194 215 191 219"
                + " 136 144 146 74 40 69 211 166 121 160 212 154 206 203 187 190 187 118 149 86 109 116 120"
                + " 163 75 124 144 151 130 85 51 213 159 110 109 122 100 140 98 74 110 148 145 132 184 175 90"
                + " 104 150 96 187 106 37 88 150 148 154 60 31 23 101 186 165 142 123 49 93 98 11 39"
    })
    void agreesWithPillow(int width, int height, String expected) {
        var resized = Resampling.resize(picture(11, 7, PIXELS), width, height);
        assertThat(pixels(resized))
                .containsExactly(Arrays.stream(expected.split(" "))
                        .mapToInt(Integer::parseInt)
                        .toArray());
    }

    @Test
    void keepsAPictureOfTheSameSize() {
        assertThat(pixels(Resampling.resize(picture(11, 7, PIXELS), 11, 7))).containsExactly(PIXELS);
    }

    @Test
    void averagesAllPixelsWhenItShrinks() {
        // Every second column white: a resampler that skips columns would see one colour only.
        var stripes = new int[64 * 2];
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = i % 2 * 255;
        }
        assertThat(Arrays.stream(pixels(Resampling.resize(picture(64, 2, stripes), 4, 2))))
                .allMatch(value -> value >= 120 && value <= 135);
    }

    @Test
    void greyIsTheLumaOfColours() {
        var colours = new byte[] {
            55, 16, 101, (byte) 208, (byte) 149, (byte) 134, 79, 21, (byte) 173, (byte) 160, (byte) 184, 70
        };
        // From Pillow 9.4, convert("L").
        assertThat(pixels(new Picture(4, 1, 3, colours).toGrey())).containsExactly(37, 165, 56, 164);
    }
}
