package dev.balsa.onnx.skeleton;

/// The generator `splitmix64-ih4/1`: element i of a stream is a pure function of seed and i, so any part of a tensor
/// can be generated on its own.
///
/// The results must have the same bits everywhere: integers wrap at 64 bits, and each floating-point operation is
/// rounded by itself, which Java guarantees (a fused multiply-add would have to be asked for).
final class SplitMix {
    private static final double INVERSE_DEVIATION = 1.0 / Math.sqrt((65536.0 * 65536.0 - 1.0) / 3.0);
    private static final double INVERSE_2_53 = 0x1p-53;

    private SplitMix() {}

    /// 64 random bits.
    static long bits(long seed, long i) {
        long z = seed + (i + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /// Mean 0, deviation 1, nearly normal: the sum of four uniform 16-bit integers.
    static double normal(long seed, long i) {
        long r = bits(seed, i);
        long sum = (r & 0xffff) + (r >>> 16 & 0xffff) + (r >>> 32 & 0xffff) + (r >>> 48);
        return (double) (sum - 131070) * INVERSE_DEVIATION;
    }

    /// Uniform in [0, 1).
    static double uniform(long seed, long i) {
        return (double) (bits(seed, i) >>> 11) * INVERSE_2_53;
    }
}
