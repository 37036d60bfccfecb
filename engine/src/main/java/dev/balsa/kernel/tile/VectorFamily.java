package dev.balsa.kernel.tile;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.code.VectorUnit;
import java.util.List;

/// Products by fused multiply-adds of vectors ([TileProduct]).
///
/// @param unit the vectors
public record VectorFamily(VectorUnit unit) implements ProductFamily {
    @Override
    public Isa isa() {
        return unit.isa();
    }

    @Override
    public String type() {
        return "f32";
    }

    @Override
    public boolean supports(Size size, List<Stage> stages) {
        return size.depth() <= Integer.MAX_VALUE
                && TileProduct.supports(unit, (int) size.columns(), (long) size.depth(), stages);
    }

    @Override
    public boolean seesThroughPadding() {
        return false;
    }

    @Override
    public RowProduct prepare(TileProduct.Request request, TileProduct.Right right, Constants constants) {
        return TileProduct.of(unit, request, right, constants);
    }
}
