package dev.balsa.ir.selection;

import java.util.Arrays;

/// Places grouped by what stands there.
final class Groups {
    /// The first place of each group.
    private final int[] firsts;
    /// The group of each place.
    private final int[] groupOf;

    private Groups(int[] firsts, int[] groupOf) {
        this.firsts = firsts;
        this.groupOf = groupOf;
    }

    /// Groups the places `0 .. count - 1`; groups are in ascending order, or in order of their first places.
    static Groups of(long count, ElementOrder order, boolean ascending) {
        var ranked = Ranking.ascending(count, order);
        var groupOf = new int[ranked.length];
        var firsts = new int[ranked.length];
        int groups = 0;
        for (int i = 0; i < ranked.length; i++) {
            if (i == 0 || order.compare(ranked[i - 1], ranked[i]) != 0) {
                firsts[groups++] = ranked[i];
            }
            groupOf[ranked[i]] = groups - 1;
        }
        firsts = Arrays.copyOf(firsts, groups);
        return ascending ? new Groups(firsts, groupOf) : byOccurrence(firsts, groupOf);
    }

    private static Groups byOccurrence(int[] firsts, int[] groupOf) {
        var sorted = firsts.clone();
        Arrays.sort(sorted);
        var renumbered = new int[groupOf.length];
        for (int i = 0; i < groupOf.length; i++) {
            renumbered[i] = Arrays.binarySearch(sorted, firsts[groupOf[i]]);
        }
        return new Groups(sorted, renumbered);
    }

    /// The number of groups.
    int size() {
        return firsts.length;
    }

    /// The number of places.
    int places() {
        return groupOf.length;
    }

    /// The first place of a group.
    int first(int group) {
        return firsts[group];
    }

    /// The group of a place.
    int groupOf(int place) {
        return groupOf[place];
    }
}
