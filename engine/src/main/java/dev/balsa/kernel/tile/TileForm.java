package dev.balsa.kernel.tile;

/// How the factors of a tile lie in memory. Where one of them is strided, the product runs over a single segment.
///
/// @param stridedPanel whether the right factor is read where it lies, at rows a given distance apart, instead of
///     from a packed panel; nothing behind its columns is read
/// @param stridedLeft whether neighbours along a row of the left factor are a given distance apart
record TileForm(boolean stridedPanel, boolean stridedLeft) {
    /// Rows of neighbouring elements, and a packed panel.
    static final TileForm PACKED = new TileForm(false, false);

    boolean isStrided() {
        return stridedPanel || stridedLeft;
    }

    /// Part of the names of routines.
    String label() {
        return (stridedLeft ? "_stridedleft" : "") + (stridedPanel ? "_stridedpanel" : "");
    }
}
