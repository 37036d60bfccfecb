package dev.balsa.kernel.movement;

import java.util.ArrayList;
import java.util.List;

/// A padded tensor as rows along its last dimension that is padded. What lies behind that dimension is a block of
/// bytes for each of its places.
///
/// @param blockBytes the length of a block
/// @param size blocks of a row of the input
/// @param width blocks of a row of the output
/// @param begin blocks added in front of a row
/// @param outer the dimensions before, of the input
/// @param padded the same, of the output
/// @param begins places added in front of each of them
record PadRows(
        long blockBytes, long size, long width, long begin, List<Long> outer, List<Long> padded, List<Long> begins) {
    static PadRows of(PadRequest request) {
        var shape = request.shape();
        int last = shape.size() - 1;
        long block = request.elementBytes();
        while (last > 0 && request.begins().get(last) == 0 && request.ends().get(last) == 0) {
            block *= shape.get(last);
            last--;
        }
        if (last < 0) {
            return new PadRows(block, 1, 1, 0, List.of(), List.of(), List.of());
        }
        var padded = new ArrayList<Long>();
        for (int d = 0; d <= last; d++) {
            padded.add(Math.max(
                    0, shape.get(d) + request.begins().get(d) + request.ends().get(d)));
        }
        return new PadRows(
                block,
                shape.get(last),
                padded.get(last),
                request.begins().get(last),
                shape.subList(0, last),
                padded.subList(0, last),
                request.begins().subList(0, last));
    }

    /// The number of rows of the output; none if they are empty.
    long count() {
        return width * blockBytes == 0 ? 0 : padded.stream().reduce(1L, Math::multiplyExact);
    }

    /// Where a row of the output comes from, in bytes; [PadPlaces#OUTSIDE] if from nowhere.
    long source(PadMode mode, long row) {
        long rest = row;
        long source = 0;
        long stride = size * blockBytes;
        for (int d = outer.size() - 1; d >= 0; d--) {
            long above = rest / padded.get(d);
            int place = PadPlaces.place(mode, rest - above * padded.get(d) - begins.get(d), outer.get(d));
            if (place == PadPlaces.OUTSIDE) {
                return PadPlaces.OUTSIDE;
            }
            rest = above;
            source += place * stride;
            stride *= outer.get(d);
        }
        return source;
    }
}
