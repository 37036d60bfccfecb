package dev.balsa.ir.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.Seeds;
import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.tensor.Shape;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Padding, rounding and symbolic lengths of windows.
class WindowGeometryTest {
    private static WindowAttributes window(long kernel, long stride, long begin, long end, AutoPad pad, boolean ceil) {
        return new WindowAttributes(List.of(kernel), List.of(stride), List.of(), List.of(begin, end), pad, ceil);
    }

    private static WindowAxis over(WindowAttributes window, long length) {
        return window.over(Shape.of(1, 1, length)).axes().getFirst();
    }

    @Test
    void leavesOutWindowsThatWouldBeginInTheEndPadding() {
        assertThat(over(window(2, 2, 0, 0, AutoPad.NOTSET, true), 5).output()).isEqualTo(3);
        assertThat(over(window(1, 2, 0, 1, AutoPad.NOTSET, true), 2).output()).isEqualTo(1);
        assertThat(over(window(3, 2, 1, 1, AutoPad.NOTSET, true), 4).output()).isEqualTo(3);
        assertThat(over(window(3, 2, 1, 1, AutoPad.NOTSET, false), 4).output()).isEqualTo(2);
    }

    @Test
    void splitsAnOddPaddingBySide() {
        var upper = over(window(4, 1, 0, 0, AutoPad.SAME_UPPER, false), 7);
        var lower = over(window(4, 1, 0, 0, AutoPad.SAME_LOWER, false), 7);
        assertThat(List.of(upper.padBegin(), upper.padEnd(), upper.output())).containsExactly(1L, 2L, 7L);
        assertThat(List.of(lower.padBegin(), lower.padEnd(), lower.output())).containsExactly(2L, 1L, 7L);
        // A stride beyond the kernel needs no padding.
        assertThat(over(window(1, 3, 5, 5, AutoPad.SAME_UPPER, false), 7).padEnd())
                .isZero();
    }

    @Test
    void symbolicLengthsHoldForEveryLength() {
        long seed = Seeds.one();
        var random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            var window = new WindowAttributes(
                    List.of(1L + random.nextInt(4)),
                    List.of(1L + random.nextInt(3)),
                    List.of(1L + random.nextInt(2)),
                    List.of((long) random.nextInt(3), (long) random.nextInt(9)),
                    AutoPad.values()[random.nextInt(4)],
                    random.nextBoolean());
            var shape = window.shapeOver(
                    SymbolicShape.of(Dim.of(1), Dim.of(1), Dim.symbol("n").times(Dim.of(6))), Dim.of(1));
            long length = 6L * (2 + random.nextInt(5));
            var text = shape.dim(2).toString();
            // With n standing for length / 6, a symbolic length is a * n + b.
            if (!shape.dim(2).isUnknown()) {
                long found = over(window, length).output();
                assertThat(valueAt(text, length / 6))
                        .as("seed %d: %s over %d", seed, window, length)
                        .isEqualTo(found);
            }
        }
    }

    private static long valueAt(String text, long n) {
        long sum = 0;
        for (var term : text.replace("-", "+-").split("\\+")) {
            if (!term.isEmpty()) {
                sum += term.endsWith("n")
                        ? n
                                * (term.equals("n")
                                        ? 1
                                        : term.equals("-n") ? -1 : Long.parseLong(term.substring(0, term.length() - 2)))
                        : Long.parseLong(term);
            }
        }
        return sum;
    }

    @Test
    void workDoesNotGrowWithTheWindow() {
        // A window of two thousand million elements over three of image.
        var geometry = window(Integer.MAX_VALUE, 1, Integer.MAX_VALUE, 0, AutoPad.NOTSET, false)
                .over(Shape.of(1, 1, 3));
        var taps = new int[geometry.outputSize()];
        geometry.forEachTap((at, k, o) -> taps[o]++);
        assertThat(taps).containsExactly(0, 1, 2, 3);
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> over(window(5, 1, 1, 0, AutoPad.NOTSET, false), 3))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("does not fit");
        assertThatThrownBy(() -> window(2, 0, 0, 0, AutoPad.NOTSET, false)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> window(2, 1, -1, 0, AutoPad.NOTSET, false)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> window(2, 1, 0, 0, AutoPad.NOTSET, false).over(Shape.of(1, 1, 3, 3)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> window(2, 1, 0, 0, AutoPad.NOTSET, false).over(Shape.of(3)))
                .isInstanceOf(ShapeException.class);
    }
}
