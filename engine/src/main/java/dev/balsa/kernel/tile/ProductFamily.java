package dev.balsa.kernel.tile;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Storage;
import java.util.List;

/// A way of making products of rows with constant factors, which kernels of matrix products and of convolutions are
/// given. Immutable and thread-safe.
public interface ProductFamily {
    /// The sizes of a product.
    ///
    /// @param rows of the result
    /// @param columns of the result
    /// @param segments pieces of neighbouring elements that a row of the left factor consists of
    /// @param segment elements of each of them
    record Size(double rows, long columns, long segments, long segment) {
        /// The length of the sums.
        public double depth() {
            return (double) segments * segment;
        }
    }

    /// The instruction-set level that a processor must have.
    Isa isa();

    /// What is multiplied, and in which tiles where there is a choice, as kernels' names say it, such as `f32_6x2`.
    String type();

    /// Whether products of this size can be made, and are better made so than by families that come later.
    boolean supports(Size size, List<Stage> stages);

    /// What a supported product is likely to cost, in one phase that the caller counts; families that make no
    /// estimate are taken in their turn.
    ///
    /// @param rowBytes how much memory a further row brings into the cache
    default Cost cost(Size size, long rowBytes) {
        return Cost.UNKNOWN;
    }

    /// Whether the left factor's memory need not be as the rows see it: [TileProduct.Request#sight] is heeded.
    boolean seesThroughPadding();

    /// How many elements behind a segment it likes to read where they are zeros.
    default int readsBehind(int segment) {
        return 0;
    }

    /// Whether the left factor and the result may be stored so; operands of the result's shape may be of
    /// [Storage#BFLOAT16] if these may.
    default boolean takes(Storage storage) {
        return storage == Storage.FLOATS;
    }

    /// Whether rows of the left factor may be multiplied by others first ([TileProduct.Factors]), if each is a piece of
    /// the left factor's memory.
    default boolean takesFactors() {
        return false;
    }

    /// Prepares a product; packs the right factor through `constants`, and has code written where it is new.
    RowProduct prepare(TileProduct.Request request, TileProduct.Right right, Constants constants);
}
