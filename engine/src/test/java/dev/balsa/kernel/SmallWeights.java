package dev.balsa.kernel;

import java.util.Random;

/// Weights of 8 bits of which most are near their zero point, as those of real models are: what products of quads
/// are made for. Some are as far as 8 bits go, and some add up to just as much as 16 bits hold.
public final class SmallWeights {
    private static final int HALF = 64;
    private static final int[] LARGE = {-128, -127, -65, -HALF, HALF, 65, 127};

    private SmallWeights() {}

    /// Fills an array.
    public static void fill(Random random, byte[] weights, boolean signed) {
        int near = 1 + random.nextInt(HALF);
        int seldom = random.nextInt(4) == 0 ? 10 : 1000;
        boolean halves = random.nextInt(4) == 0;
        for (int i = 0; i < weights.length; i++) {
            int weight = halves ? (random.nextInt(9) == 0 ? -HALF : HALF) : random.nextInt(2 * near + 1) - near;
            if (random.nextInt(seldom) == 0) {
                weight = LARGE[random.nextInt(LARGE.length)];
            }
            weights[i] = (byte) (weight + zeroPoint(signed));
        }
    }

    /// Their zero point.
    public static byte zeroPoint(boolean signed) {
        return (byte) (signed ? 0 : 128);
    }
}
