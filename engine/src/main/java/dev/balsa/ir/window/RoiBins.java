package dev.balsa.ir.window;

import dev.balsa.error.ShapeException;
import java.util.ArrayList;
import java.util.List;

/// Where one dimension of a region is sampled: the region is cut into equal bins, each bin into equal parts with a
/// sample in the middle.
///
/// @param begin where the region begins, in elements
/// @param bin the length of a bin
/// @param samples samples per bin
/// @param length elements of the image
record RoiBins(double begin, double bin, long samples, int length) {
    /// A sample between elements `low` and `high`, `share` of the way to `high`.
    record Sample(int low, int high, double share) {}

    /// The bins of a region of a given size.
    ///
    /// @param ratio samples per bin; 0 for as many as a bin has elements, rounded up
    static RoiBins of(double begin, double size, long bins, long ratio, long length) {
        double bin = size / bins;
        double samples = ratio > 0 ? ratio : Math.max(0, Math.ceil(bin));
        if (!Double.isFinite(begin) || !(samples <= Integer.MAX_VALUE)) {
            throw new ShapeException("input 1 \"rois\": expected regions of finite size, found one from " + begin
                    + " of size " + size + "; check the values");
        }
        return new RoiBins(begin, bin, (long) samples, (int) length);
    }

    /// The samples of bin `at` that lie in the image, or no more than an element beyond; the others count as zero.
    List<Sample> inside(int at) {
        double start = begin + at * bin;
        double step = bin / samples;
        // Only samples near the image are visited, however far the region reaches.
        long first = step > 0 ? (long) Math.max(0, Math.floor((-1 - start) / step) - 1) : 0;
        long end = step > 0 ? (long) Math.min((double) samples, Math.ceil((length - start) / step) + 1) : samples;
        var inside = new ArrayList<Sample>();
        for (long part = first; part < end; part++) {
            double place = start + (part + 0.5) * step;
            if (place >= -1 && place <= length) {
                inside.add(sample(Math.max(place, 0)));
            }
        }
        return inside;
    }

    private Sample sample(double place) {
        int low = (int) place;
        return low >= length - 1 ? new Sample(length - 1, length - 1, 0) : new Sample(low, low + 1, place - low);
    }
}
