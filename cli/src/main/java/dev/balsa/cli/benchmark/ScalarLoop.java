package dev.balsa.cli.benchmark;

/// Multiply-adds in plain Java over an array that stays in the first cache.
final class ScalarLoop implements Roof.Loop {
    private static final int LENGTH = 1024;
    private static final int ROUNDS = 256;

    private final float[] values = new float[LENGTH];

    @Override
    public long run() {
        for (int round = 0; round < ROUNDS; round++) {
            step(values, 0.5f);
        }
        return 2L * LENGTH * ROUNDS;
    }

    private static void step(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.fma(values[i], factor, 1f);
        }
    }
}
