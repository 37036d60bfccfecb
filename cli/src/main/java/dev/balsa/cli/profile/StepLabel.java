package dev.balsa.cli.profile;

import java.util.Locale;

/// What pictures write beside a step.
final class StepLabel {
    private static final int LONGEST_NAME = 26;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;

    private StepLabel() {}

    /// The node's name, of a long one the end, or the shape of the result where the node has none.
    static String name(ProfiledStep step) {
        var node = step.step().node();
        if (node.isEmpty()) {
            return shape(step.step().output());
        }
        return node.length() <= LONGEST_NAME ? node : "…" + node.substring(node.length() - LONGEST_NAME + 1);
    }

    /// Of `f32[1,64,55,55]`, `1×64×55×55`.
    private static String shape(String output) {
        int from = output.indexOf('[');
        int to = output.indexOf(']');
        return from < 0 || to < from ? output : output.substring(from + 1, to).replace(',', '×');
    }

    /// A time with three digits, such as `1.25 ms` or `870 µs`.
    static String time(long nanos) {
        return nanos < NANOS_PER_MILLI
                ? digits(nanos / NANOS_PER_MICRO) + " µs"
                : digits(nanos / NANOS_PER_MILLI) + " ms";
    }

    private static String digits(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
