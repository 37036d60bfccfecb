package dev.balsa.cli.profile;

import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds places for labels that cover nothing. Lengths are those of the picture; y grows downwards. Not thread-safe.
final class LabelPlaces {
    private static final double NEAREST = 9;
    private static final double FARTHER = 13;
    private static final int RINGS = 3;
    /// Degrees, counted from the right and upwards: beside a point, it is clearest which one a label belongs to.
    private static final int[] DIRECTIONS = {0, 180, 25, 155, -25, -155, 50, 130, -50, -130, 70, 110, -70, -110, 90, -90
    };

    private final Rectangle2D within;
    private final List<Rectangle2D> taken = new ArrayList<>();

    /// @param within where labels may lie
    LabelPlaces(Rectangle2D within) {
        this.within = within;
    }

    /// Says that no label may lie here.
    void take(Rectangle2D area) {
        taken.add(area);
    }

    /// The free place closest to a point, first beside it and then around; it is taken from now on. Empty if all
    /// places nearby are taken.
    Optional<Rectangle2D> near(double x, double y, double width, double height) {
        for (int ring = 0; ring < RINGS; ring++) {
            double distance = NEAREST + ring * FARTHER;
            for (int degrees : DIRECTIONS) {
                double angle = Math.toRadians(degrees);
                double centerX = x + Math.cos(angle) * (distance + width / 2);
                double centerY = y - Math.sin(angle) * (distance + height / 2);
                if (tryAt(new Rectangle2D.Double(centerX - width / 2, centerY - height / 2, width, height))) {
                    return Optional.of(taken.getLast());
                }
            }
        }
        return Optional.empty();
    }

    /// Takes a place if it is free; returns whether it was.
    boolean tryAt(Rectangle2D place) {
        return tryAt(List.of(place));
    }

    /// Takes a place of several parts if it is free; returns whether it was.
    boolean tryAt(List<Rectangle2D> parts) {
        boolean free = parts.stream()
                .allMatch(part -> within.contains(part) && taken.stream().noneMatch(part::intersects));
        if (free) {
            taken.addAll(parts);
        }
        return free;
    }
}
