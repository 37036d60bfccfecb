package dev.balsa.cli.profile;

import java.util.ArrayList;
import java.util.List;

/// The steps of a run along time, in a row per kind.
///
/// @param rows the kind that takes longest first
/// @param nanos from the beginning of the first step to the end of the last
record Timeline(List<Row> rows, long nanos) {
    /// The steps of a kind, in order of time.
    record Row(StepKind kind, List<Bar> bars) {
        /// Copies the list.
        Row {
            bars = List.copyOf(bars);
        }
    }

    /// A step.
    ///
    /// @param from when it began, in nanoseconds from the beginning of the first
    /// @param to when it ended
    record Bar(ProfiledStep step, long from, long to) {}

    /// Copies the list.
    Timeline {
        rows = List.copyOf(rows);
    }

    /// The times of a run.
    static Timeline of(ProfiledRun run) {
        var kinds = StepKinds.of(run);
        long first = run.steps().stream()
                .mapToLong(step -> step.step().startNanos())
                .min()
                .orElse(0);
        long last = first;
        var bars = new ArrayList<Bar>();
        for (var step : run.steps()) {
            long from = step.step().startNanos();
            long to = from + step.step().nanos();
            bars.add(new Bar(step, from - first, to - first));
            last = Math.max(last, to);
        }
        var rows = kinds.all().stream()
                .map(kind -> new Row(
                        kind,
                        bars.stream()
                                .filter(bar -> kinds.of(bar.step()).equals(kind))
                                .toList()))
                .toList();
        return new Timeline(rows, last - first);
    }
}
