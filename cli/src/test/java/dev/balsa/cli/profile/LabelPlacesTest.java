package dev.balsa.cli.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelPlacesTest {
    private static final Rectangle2D WITHIN = new Rectangle2D.Double(0, 0, 300, 200);

    @Test
    void findsPlacesThatCoverNothing() {
        var places = new LabelPlaces(WITHIN);
        var taken = new ArrayList<Rectangle2D>();
        var obstacle = new Rectangle2D.Double(100, 90, 100, 8);
        places.take(obstacle);
        taken.add(obstacle);
        for (int i = 0; i < 60; i++) {
            places.near(150, 100, 50, 12).ifPresent(place -> {
                assertThat(WITHIN.contains(place)).isTrue();
                assertThat(taken).noneMatch(place::intersects);
                taken.add(place);
            });
        }
        assertThat(taken).hasSizeBetween(4, 60);
    }

    @Test
    void putsALabelBesideItsPointFirst() {
        var place = new LabelPlaces(WITHIN).near(100, 100, 40, 10).orElseThrow();
        assertThat(place.getCenterY()).isEqualTo(100);
        assertThat(place.getMinX()).isGreaterThan(100);
    }

    @Test
    void takesAllPartsOfAPlaceOrNone() {
        var places = new LabelPlaces(WITHIN);
        var left = new Rectangle2D.Double(10, 10, 20, 10);
        var right = new Rectangle2D.Double(40, 10, 20, 10);
        places.take(right);
        assertThat(places.tryAt(List.of(left, right))).isFalse();
        assertThat(places.tryAt(List.of(left))).isTrue();
        assertThat(places.tryAt(left)).isFalse();
    }
}
