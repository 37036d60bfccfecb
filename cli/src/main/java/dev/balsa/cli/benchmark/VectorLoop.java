package dev.balsa.cli.benchmark;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Multiply-adds on twelve chains of vectors: more than a multiply-add's latency times the units that do them (four or
/// five cycles, two units), so that no unit waits.
final class VectorLoop implements Roof.Loop {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int CHAINS = 12;
    private static final int ROUNDS = 2_000;

    private float kept;

    @Override
    public long run() {
        var a = FloatVector.broadcast(SPECIES, 0.5f);
        var b = FloatVector.broadcast(SPECIES, 1f + kept * 0);
        var s0 = b.mul(1f);
        var s1 = b.mul(2f);
        var s2 = b.mul(3f);
        var s3 = b.mul(4f);
        var s4 = b.mul(5f);
        var s5 = b.mul(6f);
        var s6 = b.mul(7f);
        var s7 = b.mul(8f);
        var s8 = b.mul(9f);
        var s9 = b.mul(10f);
        var s10 = b.mul(11f);
        var s11 = b.mul(12f);
        for (int i = 0; i < ROUNDS; i++) {
            s0 = s0.fma(a, b);
            s1 = s1.fma(a, b);
            s2 = s2.fma(a, b);
            s3 = s3.fma(a, b);
            s4 = s4.fma(a, b);
            s5 = s5.fma(a, b);
            s6 = s6.fma(a, b);
            s7 = s7.fma(a, b);
            s8 = s8.fma(a, b);
            s9 = s9.fma(a, b);
            s10 = s10.fma(a, b);
            s11 = s11.fma(a, b);
        }
        var low = s0.add(s1).add(s2).add(s3).add(s4).add(s5);
        var high = s6.add(s7).add(s8).add(s9).add(s10).add(s11);
        // Kept, so that the loop is not dropped.
        kept = low.add(high).lane(0);
        return 2L * CHAINS * ROUNDS * SPECIES.length();
    }
}
