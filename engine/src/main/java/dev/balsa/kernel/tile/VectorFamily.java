package dev.balsa.kernel.tile;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.tensor.Precision;
import java.util.List;

/// Products by fused multiply-adds of vectors ([TileProduct]).
///
/// @param unit the vectors
/// @param shape of tiles; products that the usual shape would make alike are left to it
/// @param precision where it is [Precision#EXACT], sums are split, so that their errors are those of short sums
public record VectorFamily(VectorUnit unit, TileShape shape, Precision precision) implements ProductFamily {
    /// Products in tiles of the usual shape.
    public VectorFamily(VectorUnit unit, Precision precision) {
        this(unit, TileShape.usual(unit), precision);
    }

    /// The families that compete, the usual one first.
    public static List<VectorFamily> all(VectorUnit unit, Precision precision) {
        return TileShape.all(unit).stream()
                .map(shape -> new VectorFamily(unit, shape, precision))
                .toList();
    }

    @Override
    public Isa isa() {
        return unit.isa();
    }

    @Override
    public String type() {
        return "f32_" + shape.label(unit);
    }

    @Override
    public boolean supports(Size size, List<Stage> stages) {
        return size.depth() <= Integer.MAX_VALUE
                && TileProduct.supports(unit, (int) size.columns(), (long) size.depth(), stages)
                && shape.isOwn(unit, (int) size.columns());
    }

    @Override
    public Cost cost(Size size, long rowBytes) {
        return TileCost.of(unit, shape, size.rows(), (int) size.columns(), (long) size.depth(), rowBytes);
    }

    @Override
    public boolean seesThroughPadding() {
        return false;
    }

    @Override
    public RowProduct prepare(TileProduct.Request request, TileProduct.Right right, Constants constants) {
        return TileProduct.of(unit, shape, precision, request, right, constants);
    }
}
