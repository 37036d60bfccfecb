package dev.balsa.onnx;

import java.util.List;
import java.util.Random;

/// Seeds for random tests: fresh ones, or the one given by `-Dbalsa.seed=N` to replay a failure.
public final class Seeds {
    private Seeds() {}

    /// That many seeds.
    public static List<Long> some(int count) {
        var replay = Long.getLong("balsa.seed");
        return replay != null
                ? List.of(replay)
                : new Random().longs(count).boxed().toList();
    }
}
