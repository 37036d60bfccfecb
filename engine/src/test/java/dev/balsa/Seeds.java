package dev.balsa;

import java.util.List;
import java.util.Random;

/// Seeds for random tests: the same ones each time, so that a build that passed passes again.
///
/// `-Dbalsa.seed=N` replays a failure, `-Dbalsa.seeds=N` looks for new ones: as many fresh seeds for each test.
public final class Seeds {
    private static final long BASE = 20_261;

    private Seeds() {}

    /// That many seeds, unless others were asked for.
    public static List<Long> some(int count) {
        var replay = Long.getLong("balsa.seed");
        if (replay != null) {
            return List.of(replay);
        }
        var fresh = Integer.getInteger("balsa.seeds");
        var random = fresh == null ? new Random(BASE) : new Random();
        return random.longs(fresh == null ? count : fresh).boxed().toList();
    }

    /// One seed, for tests that go on from it.
    public static long one() {
        return some(1).getFirst();
    }
}
