package dev.balsa.cli.profile;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// The kinds of steps of a run, by the operator they begin with: what was fused behind it does not count. Those that
/// take longest have colours and markers of their own; the rest is one kind.
final class StepKinds {
    /// The name of the kind of all steps beyond those that have their own.
    static final String OTHERS = "others";

    private record Look(Color color, Marker marker) {}

    /// Colours that people tell apart whatever colours they see, and that differ in brightness too.
    private static final List<Look> LOOKS = List.of(
            new Look(new Color(0x0072B2), SeriesMarkers.CIRCLE),
            new Look(new Color(0xD55E00), SeriesMarkers.DIAMOND),
            new Look(new Color(0x009E73), SeriesMarkers.SQUARE),
            new Look(new Color(0xCC79A7), SeriesMarkers.TRIANGLE_UP),
            new Look(new Color(0xE69F00), SeriesMarkers.TRIANGLE_DOWN),
            new Look(new Color(0x56B4E9), SeriesMarkers.TRAPEZOID),
            new Look(new Color(0x6A3D9A), SeriesMarkers.OVAL),
            new Look(new Color(0xA6761D), SeriesMarkers.RECTANGLE));

    private static final Look LOOK_OF_OTHERS = new Look(new Color(0x8A8A8A), SeriesMarkers.CROSS);

    private final Map<String, StepKind> kinds = new LinkedHashMap<>();
    private final List<StepKind> longestFirst = new ArrayList<>();

    /// The kinds of a run.
    static StepKinds of(ProfiledRun run) {
        return new StepKinds(run);
    }

    private StepKinds(ProfiledRun run) {
        var times = run.steps().stream()
                .collect(Collectors.groupingBy(
                        StepKinds::name, LinkedHashMap::new, Collectors.summingLong(ProfiledStep::ownNanos)));
        var names = times.keySet().stream()
                .sorted(Comparator.comparingLong((String name) -> -times.getOrDefault(name, 0L)))
                .toList();
        int own = names.size() <= LOOKS.size() ? names.size() : LOOKS.size() - 1;
        for (int i = 0; i < own; i++) {
            var name = names.get(i);
            var look = LOOKS.get(i);
            var kind = new StepKind(name, times.getOrDefault(name, 0L), look.color, look.marker);
            kinds.put(name, kind);
            longestFirst.add(kind);
        }
        var rest = names.subList(own, names.size());
        if (!rest.isEmpty()) {
            long nanos = rest.stream()
                    .mapToLong(name -> times.getOrDefault(name, 0L))
                    .sum();
            var others = new StepKind(OTHERS, nanos, LOOK_OF_OTHERS.color, LOOK_OF_OTHERS.marker);
            rest.forEach(name -> kinds.put(name, others));
            longestFirst.add(others);
        }
    }

    private static String name(ProfiledStep step) {
        var operator = step.step().operator();
        int fused = operator.indexOf('+');
        return fused < 0 ? operator : operator.substring(0, fused);
    }

    /// Every kind once: the one that takes longest first, [#OTHERS] last.
    List<StepKind> all() {
        return List.copyOf(longestFirst);
    }

    /// The kind of one of the run's steps.
    StepKind of(ProfiledStep step) {
        var kind = kinds.get(name(step));
        if (kind == null) {
            throw new IllegalArgumentException("step " + step + ": expected one of the run, found another");
        }
        return kind;
    }
}
