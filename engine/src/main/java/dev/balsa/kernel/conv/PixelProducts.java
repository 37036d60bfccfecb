package dev.balsa.kernel.conv;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.tile.RowProduct;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Products that together are a convolution: one for each group, and for whatever else has weights of its own.
final class PixelProducts {
    private record Piece(RowProduct product, long channel, long output, int firstUnit) {}

    private final List<Piece> pieces = new ArrayList<>();
    private int units;

    /// Adds a product.
    ///
    /// @param channel the first channel of its group in the image
    /// @param output the first channel of its group in the result
    void add(RowProduct product, long channel, long output) {
        pieces.add(new Piece(product, channel, output, units));
        units = Math.addExact(units, product.parts());
    }

    /// Independent units of work.
    int units() {
        return units;
    }

    /// Bytes of scratch memory of a worker.
    long workerBytes() {
        return pieces.stream()
                .mapToLong(piece -> piece.product.scratchBytes())
                .max()
                .orElse(0);
    }

    /// The product, where there is just one and it begins with the first channels.
    RowProduct only() {
        return pieces.getFirst().product;
    }

    /// Makes units `from` to `to` (exclusive).
    ///
    /// @param image what the products' places count from
    void run(Frame frame, MemorySegment image, MemorySegment result, int from, int to) {
        for (int i = 0; i < pieces.size(); i++) {
            var piece = pieces.get(i);
            int first = Math.max(from - piece.firstUnit, 0);
            int end = Math.min(to - piece.firstUnit, piece.product.parts());
            if (first < end) {
                piece.product.multiply(frame, image, piece.channel, result, piece.output, first, end);
            }
        }
    }
}
