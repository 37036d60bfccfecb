package dev.balsa.kernel.amx;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.SumResult;
import dev.balsa.kernel.tile.BandedProduct;
import dev.balsa.kernel.tile.IntegerUnit;
import dev.balsa.kernel.tile.PairFactor;
import dev.balsa.kernel.tile.TileProduct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes products of quads: on the tile unit, where there is one and they fill tiles, else by vectors.
public final class IntegerProducts {
    private IntegerProducts() {}

    /// Makes a product for each right factor, all of one kind.
    ///
    /// @param request whose rows and depth are in quads, each run of the right factor filled up
    /// @param bytes of the left factor's memory, behind which nothing may be read; [Long#MAX_VALUE] for copies
    /// @param signed whether bytes of the left factor have a sign
    /// @return nothing if some are better made of pairs
    public static List<BandedProduct> ofQuads(
            IntegerUnit unit,
            TileProduct.Request request,
            long bytes,
            boolean signed,
            SumResult result,
            List<PairFactor> rights,
            Constants constants) {
        if (unit.tiles()) {
            var made = all(rights, right -> ByteProduct.of(request, bytes, signed, result, right, constants));
            if (!made.isEmpty()) {
                return made;
            }
        }
        return all(rights, right -> TileProduct.ofQuads(unit, request, result, right, constants));
    }

    private interface Maker {
        Optional<? extends BandedProduct> of(PairFactor right);
    }

    private static List<BandedProduct> all(List<PairFactor> rights, Maker maker) {
        var made = new ArrayList<BandedProduct>();
        for (var right : rights) {
            var product = maker.of(right);
            if (product.isEmpty()) {
                return List.of();
            }
            made.add(product.get());
        }
        return made;
    }
}
