package dev.balsa.kernel.tile;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.SumResult;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.code.WidenCode;

/// How integers of 8 bits lie side by side in the 32 bits of an element, where they are multiplied by constant ones.
public enum IntegerFactors {
    /// Two integers less their zero points, of 16 bits; see [PairFactor].
    PAIRS(2, ""),
    /// Four bytes as they are, or moved up if they have a sign; see [QuadFactor].
    QUADS(4, "_quads");

    private final int together;
    private final String label;

    IntegerFactors(int together, String label) {
        this.together = together;
        this.label = label;
    }

    /// Integers of an element.
    public int together() {
        return together;
    }

    /// What names of kernels end with.
    public String label() {
        return label;
    }

    /// Prepares a product; the request counts elements.
    public TileProduct product(
            VectorUnit unit, TileProduct.Request request, SumResult result, PairFactor right, Constants constants) {
        return switch (this) {
            case PAIRS -> TileProduct.ofPairs(unit, request, result, right, constants);
            case QUADS -> TileProduct.ofQuads(unit, request, result, right, constants);
        };
    }

    /// What a product is likely to take.
    ///
    /// @param rows of the result
    public Cost cost(VectorUnit unit, double rows, SumResult result, PairFactor right) {
        return IntegerCost.of(unit, this, right, rows, result.bytes());
    }

    /// Prepares what makes elements of integers.
    ///
    /// @param zeroPoint whether operand 2 of frames is the zero point; otherwise it is 0
    public Widening widening(VectorUnit unit, boolean signed, boolean zeroPoint, Constants constants) {
        return switch (this) {
            case PAIRS -> new Widening(unit, signed, zeroPoint, WidenCode.Target.PAIRS, constants);
            case QUADS -> Widening.toBytes(unit, signed, constants);
        };
    }
}
