package dev.balsa.cli.report;

import java.util.Locale;

/// Numbers as people read them.
public final class Amount {
    private static final String[] PREFIXES = {"", "k", "M", "G", "T", "P"};

    private Amount() {}

    /// A number with three digits or four and a decimal prefix, such as `25.6 M`.
    public static String of(long value) {
        int power = 0;
        double left = (double) value;
        while (Math.abs(left) >= 1000 && power < PREFIXES.length - 1) {
            left /= 1000;
            power++;
        }
        if (power == 0) {
            return Long.toString(value);
        }
        return String.format(
                Locale.ROOT, left >= 100 ? "%.0f %s" : left >= 10 ? "%.1f %s" : "%.2f %s", left, PREFIXES[power]);
    }

    /// A number of bytes, such as `17 B` or `4.21 MB`.
    public static String bytes(long count) {
        var text = of(count);
        return text.contains(" ") ? text + "B" : text + " B";
    }

    /// A share as a percentage, such as `12.5 %`.
    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
