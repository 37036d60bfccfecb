package dev.balsa.cpu;

import java.util.BitSet;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads numbers of processors and nodes as Linux lists them, such as `0-3,8` (Linux,
/// Documentation/admin-guide/cputopology.rst).
final class NumberList {
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

    private NumberList() {}

    /// The numbers; empty if the text is no such list, or lists nothing.
    static Optional<BitSet> parse(String text) {
        var numbers = new BitSet();
        for (var part : text.strip().split(",", -1)) {
            var range = RANGE.matcher(part);
            if (!range.matches()) {
                return Optional.empty();
            }
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            if (last < first) {
                return Optional.empty();
            }
            numbers.set(first, last + 1);
        }
        return Optional.of(numbers);
    }
}
