package dev.balsa.ir.assembly;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.tensor.Shape;

/// Which element of an image in space corresponds to which element of the same image with blocks of space in its
/// channels.
///
/// @param block the side of a block
/// @param channelsFirst whether places of a block are the fastest part of the channel number, rather than the slowest
/// @param space the shape in space, `[batch, channels, height, width]`
record SpaceBlocks(long block, boolean channelsFirst, Shape space) {
    /// Receives corresponding flat indices.
    @FunctionalInterface
    interface Pairs {
        void pair(long space, long depth);
    }

    static void checkBlock(long block) {
        if (block < 1 || block > Short.MAX_VALUE) {
            throw new ModelFormatException("attribute \"blocksize\": expected 1 to " + Short.MAX_VALUE + ", found "
                    + block + "; check the model");
        }
    }

    static void checkRank(SymbolicShape x) {
        if (x.rank() != 4) {
            throw new ShapeException("input 0: expected [batch, channels, height, width], found " + x
                    + "; check the model, or the shapes of its inputs");
        }
    }

    static void checkMultiple(SymbolicShape x, int axis, long factor) {
        if (x.dim(axis).isKnown() && x.dim(axis).get() % factor != 0) {
            throw new ShapeException("input 0: blocks do not divide dimension " + axis + "; expected a multiple of "
                    + factor + ", found " + x + "; check the model, or the shapes of its inputs");
        }
    }

    /// Visits all pairs, in the order of the image in space.
    void visit(Pairs pairs) {
        long channels = space.dim(1);
        long height = space.dim(2);
        long width = space.dim(3);
        for (long at = 0; at < space.size(); at++) {
            long w = at % width;
            long h = at / width % height;
            long c = at / (width * height) % channels;
            long n = at / (width * height * channels);
            long place = h % block * block + w % block;
            long channel = channelsFirst ? c * block * block + place : place * channels + c;
            long row = (n * channels * block * block + channel) * (height / block) + h / block;
            pairs.pair(at, row * (width / block) + w / block);
        }
    }
}
