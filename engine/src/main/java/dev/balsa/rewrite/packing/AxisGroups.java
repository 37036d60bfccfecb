package dev.balsa.rewrite.packing;

import dev.balsa.ir.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What dimensions stand for after a change of shape that leaves elements in order.
///
/// Old and new dimensions are gone through in groups of the same number of elements. In each group the new
/// dimensions must hold what the old ones held, in the same order: texts, tokens, other elements.
///
/// @param batch how many texts there are, a symbol
/// @param sequence how many tokens a text has, another symbol
record AxisGroups(Dim batch, Dim sequence) {
    private static final char TEXTS = 'b';
    private static final char TOKENS = 't';
    private static final char OTHERS = 'n';

    /// The new dimensions, unless they mix tokens.
    ///
    /// @param axes what the old ones stand for
    Optional<List<Axis>> after(List<Dim> from, List<Axis> axes, List<Dim> to) {
        var result = new ArrayList<Axis>();
        int i = 0;
        int j = 0;
        while (i < from.size() || j < to.size()) {
            if (i < from.size() && from.get(i).is(1) && axes.get(i) == Axis.PLAIN) {
                i++;
            } else if (j < to.size() && to.get(j).is(1)) {
                result.add(Axis.PLAIN);
                j++;
            } else {
                int firstOld = i;
                int firstNew = j;
                if (i == from.size() || j == to.size()) {
                    return Optional.empty();
                }
                var left = from.get(i++);
                var right = to.get(j++);
                while (!left.sameAs(right)) {
                    if (isLess(left, right) && i < from.size()) {
                        left = left.times(from.get(i++));
                    } else if (isLess(right, left) && j < to.size()) {
                        right = right.times(to.get(j++));
                    } else {
                        return Optional.empty();
                    }
                }
                var group = group(from.subList(firstOld, i), axes.subList(firstOld, i), to.subList(firstNew, j));
                if (group.isEmpty()) {
                    return Optional.empty();
                }
                result.addAll(group.get());
            }
        }
        return Optional.of(result);
    }

    /// Whether some lengths more may make one as great as another.
    private static boolean isLess(Dim one, Dim other) {
        return one.isKnown() && other.isKnown()
                ? one.get() < other.get()
                : !other.dividedBy(one).isUnknown();
    }

    private Optional<List<Axis>> group(List<Dim> from, List<Axis> axes, List<Dim> to) {
        if (from.size() == 1 && to.size() == 1) {
            return Optional.of(axes);
        }
        var old = new StringBuilder();
        for (int i = 0; i < axes.size(); i++) {
            var held = held(axes.get(i), from.get(i));
            if (held.isEmpty()) {
                return Optional.empty();
            }
            old.append(held.get());
        }
        boolean isTurned = old.toString().contains("" + TOKENS + TEXTS);
        var now = new StringBuilder();
        var result = new ArrayList<Axis>();
        for (var dim : to) {
            var axis = axis(dim, isTurned);
            var held = axis.flatMap(found -> held(found, dim));
            if (held.isEmpty()) {
                return Optional.empty();
            }
            now.append(held.get());
            result.add(axis.get());
        }
        return collapsed(old).equals(collapsed(now)) ? Optional.of(result) : Optional.empty();
    }

    private Optional<String> held(Axis axis, Dim length) {
        return switch (axis) {
            case PLAIN -> Optional.of("" + OTHERS);
            case BATCH -> Optional.of(length.sameAs(batch) ? "" + TEXTS : "" + TEXTS + OTHERS);
            case TOKEN -> length.sameAs(sequence) ? Optional.of("" + TOKENS) : Optional.empty();
            case ROWS -> Optional.of("" + TEXTS + TOKENS);
            case TURNED_ROWS -> Optional.of("" + TOKENS + TEXTS);
            case KEY, REPEATED, TEXT -> Optional.empty();
        };
    }

    private Optional<Axis> axis(Dim length, boolean isTurned) {
        if (length.isKnown()) {
            return Optional.of(Axis.PLAIN);
        }
        if (length.sameAs(sequence)) {
            return Optional.of(Axis.TOKEN);
        }
        if (length.sameAs(batch.times(sequence))) {
            return Optional.of(isTurned ? Axis.TURNED_ROWS : Axis.ROWS);
        }
        return length.dividedBy(batch).isKnown() ? Optional.of(Axis.BATCH) : Optional.empty();
    }

    private static String collapsed(CharSequence held) {
        return held.toString().replaceAll(OTHERS + "+", "" + OTHERS);
    }
}
