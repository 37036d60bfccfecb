package dev.balsa.kernel.tile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RowPlacesTest {
    private static long[] of(long... numbers) {
        return numbers;
    }

    @Test
    void aGridIsInRowMajorOrder() {
        var places = RowPlaces.grid(5, of(2, 1, 3), of(100, 7, 10));
        assertThat(places.count()).isEqualTo(6);
        for (int row = 0; row < 6; row++) {
            assertThat(places.place(row)).isEqualTo(5 + row / 3 * 100 + row % 3 * 10);
        }
        assertThat(places.isEven(10)).isFalse();
        assertThat(RowPlaces.grid(5, of(2, 1, 3), of(30, 7, 10)).isEven(10)).isTrue();
        assertThat(RowPlaces.even(4, 10).isEven(10)).isTrue();
        assertThat(RowPlaces.of(3, row -> row * row).isEven(1)).isFalse();
    }

    @Test
    void aGridWithoutAPointHasNoRows() {
        assertThat(RowPlaces.grid(0, of(3, 0), of(Long.MAX_VALUE, Long.MAX_VALUE))
                        .count())
                .isZero();
    }

    @Test
    void placesTakeAtMost32Bits() {
        long most = 0xFFFF_FFFFL;
        assertThat(RowPlaces.grid(0, of(2), of(most)).place(1)).isEqualTo(most);
        assertThatThrownBy(() -> RowPlaces.grid(1, of(2), of(most)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("row 1 begins at element 4294967296");
        // Four times the distance is 0 modulo 2^64.
        assertThatThrownBy(() -> RowPlaces.grid(0, of(5), of(1L << 62)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected at most 4294967295");
        assertThatThrownBy(() -> RowPlaces.grid(0, of(1 << 16, 1 << 16, 1L << 32), of(1, 1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too many rows");
    }
}
