package dev.balsa.kernel.conv;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Packs the weights of depthwise convolutions as [DepthwiseCode] reads them, by way of arrays, which code that has
/// only begun to run reads much faster than segments.
final class DepthwisePacking {
    private DepthwisePacking() {}

    /// Packs weights.
    ///
    /// @param weights by channel of the form and position of the window
    static void pack(DepthwiseForm form, float[] weights, MemorySegment target) {
        int taps = form.taps();
        int lanes = form.unit().lanes();
        var packed = new float[Math.ceilDiv(form.channels(), lanes) * lanes * taps];
        int at = 0;
        int first = 0;
        for (int vectors : form.blocks()) {
            int block = vectors * lanes;
            int count = Math.min(block, form.channels() - first);
            for (int tap = 0; tap < taps; tap++, at += block) {
                gather(weights, first * taps + tap, taps, packed, at, count);
            }
            first += block;
        }
        MemorySegment.copy(packed, 0, target, ValueLayout.JAVA_FLOAT, 0, packed.length);
    }

    /// A method of its own, since the JVM compiles what is called often sooner than what loops long.
    private static void gather(float[] from, int start, int step, float[] to, int at, int count) {
        for (int i = 0; i < count; i++) {
            to[at + i] = from[start + i * step];
        }
    }
}
