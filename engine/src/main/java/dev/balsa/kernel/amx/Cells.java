package dev.balsa.kernel.amx;

import dev.balsa.kernel.tile.TileProduct;

/// Pieces of equal size into which what rows see can be divided so that rows, segments and runs begin with one: the
/// pixels of an image.
final class Cells {
    private Cells() {}

    /// The largest number of elements that a cell can have; 0 for any.
    static long size(TileProduct.Request request) {
        long size = 0;
        for (int row = 0; row < request.rows().count() && size != 1; row++) {
            size = divisor(size, request.rows().place(row));
        }
        for (var segment : request.depth().segments()) {
            size = divisor(size, Math.abs(segment.offset()));
        }
        for (var run : request.sight().runs()) {
            size = divisor(size, run.seen());
            if (run.length() != Long.MAX_VALUE) {
                size = divisor(size, run.length());
            }
        }
        return size;
    }

    private static long divisor(long a, long b) {
        long divisor = a;
        // Mostly one divides the other already.
        for (long rest = a == 0 ? b : b % a; rest != 0; ) {
            long next = divisor % rest;
            divisor = rest;
            rest = next;
        }
        return divisor;
    }
}
