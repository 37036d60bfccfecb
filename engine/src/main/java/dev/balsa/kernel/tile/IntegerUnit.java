package dev.balsa.kernel.tile;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.code.VectorUnit;
import java.util.Optional;

/// What products of 8-bit integers are made with.
///
/// @param vectors the registers
/// @param quads how quads are multiplied by vectors
/// @param tiles whether there is a tile unit, too
public record IntegerUnit(VectorUnit vectors, QuadArithmetic quads, boolean tiles) {
    /// Vectors alone.
    public IntegerUnit(VectorUnit vectors, QuadArithmetic quads) {
        this(vectors, quads, false);
    }

    /// The unit of a level; none for [Isa#PORTABLE].
    public static Optional<IntegerUnit> of(Isa isa) {
        var quads =
                isa.needs().containsAll(QuadArithmetic.DOTS.isa().needs()) ? QuadArithmetic.DOTS : QuadArithmetic.WORDS;
        return VectorUnit.of(isa).map(vectors -> new IntegerUnit(vectors, quads, isa == Isa.AMX));
    }

    /// Whether products of quads can be tried where a run of the left factor has so many elements: the others read
    /// it as it is.
    public boolean takesQuads(boolean signed, int run) {
        return quads == QuadArithmetic.DOTS || !signed && run % QuadFactor.QUAD == 0;
    }

    /// The level that code for this unit needs.
    public Isa isa() {
        return tiles ? Isa.AMX : quads == QuadArithmetic.DOTS ? quads.isa() : vectors.isa();
    }
}
