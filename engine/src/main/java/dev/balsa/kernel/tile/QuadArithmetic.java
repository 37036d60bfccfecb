package dev.balsa.kernel.tile;

import dev.balsa.cpu.Isa;

/// How four bytes without sign are multiplied by four weights, and the products added to 32 bits.
public enum QuadArithmetic {
    /// Neighbours in 16 bits, where they must fit whatever the bytes are: 255 times the sum of two positive or two
    /// negative weights. A quad of larger ones takes two steps, with a zero in the place of one of each two
    /// neighbours, and each weight must fit in 8 bits.
    WORDS(Isa.AVX2),
    /// In one instruction, whatever fits in 8 bits (VNNI: Intel SDM, volume 2, *VPDPBUSD*). A quad of larger
    /// weights takes two steps: what fits of them, and the rest, unless it is 128.
    DOTS(Isa.AVX512_VNNI);

    /// Two neighbours' magnitudes, times 255, fit in 16 bits.
    private static final int MOST = Short.MAX_VALUE / 255;

    private final Isa isa;

    QuadArithmetic(Isa isa) {
        this.isa = isa;
    }

    /// The least level that has it.
    Isa isa() {
        return isa;
    }

    /// Whether two neighbours of a quad take one step.
    boolean takesOneStep(int one, int other) {
        return switch (this) {
            case WORDS ->
                Math.max(one, 0) + Math.max(other, 0) <= MOST && Math.min(one, 0) + Math.min(other, 0) >= -MOST;
            case DOTS -> one == (byte) one && other == (byte) other;
        };
    }

    /// Whether steps can be made of a weight at all.
    boolean takes(int weight) {
        int rest = this == DOTS ? weight - first(weight, 0) : weight;
        return rest == (byte) rest;
    }

    /// What the first of two steps multiplies by; the other one has the rest.
    ///
    /// @param place of the weight in its quad
    int first(int weight, int place) {
        return switch (this) {
            case WORDS -> place % 2 == 0 ? weight : 0;
            case DOTS -> Math.clamp(weight, Byte.MIN_VALUE, Byte.MAX_VALUE);
        };
    }
}
