package dev.balsa.kernel.amx;

import java.util.ArrayList;
import java.util.List;

/// How squares of 2x2 outputs of a 3x3 convolution follow from 4x4 products: with an image's square `d`, a kernel `g`
/// and products `m = (G g Gᵀ) ⊙ (Bᵀ d B)` they are `Aᵀ m A` (Winograd; Lavin and Gray, *Fast Algorithms for
/// Convolutional Neural Networks*, 2015).
///
/// Products are made in four passes, one for each row of positions: so the parts of few positions lie in a worker's
/// cache at a time, those of many squares. A pass adds to outputs what its row gives them.
public final class SquareTransform {
    /// Positions of a side.
    public static final int SIDE = 4;
    /// Outputs of a side.
    public static final int OUTPUTS = 2;

    /// Aᵀ.
    private static final int[][] OUTPUT = {{1, 1, 1, 0}, {0, 1, -1, 1}};
    /// For each row of positions, the two rows of pixels that make it: the lower one less the upper one but for row 1,
    /// which is their sum.
    private static final int[] UPPER = {0, 1, 1, 1};
    private static final int[] LOWER = {2, 2, 2, 3};
    private static final int ADDED = 1;

    /// What a pass does with a row of outputs.
    ///
    /// @param row of the outputs
    /// @param subtracts whether its sums are taken away rather than added
    /// @param begins whether nothing has come before
    /// @param ends whether nothing comes after
    record Share(int row, boolean subtracts, boolean begins, boolean ends) {}

    private SquareTransform() {}

    /// The upper row of pixels for a row of positions.
    public static int upper(int row) {
        return UPPER[row];
    }

    /// The lower row of pixels for a row of positions.
    public static int lower(int row) {
        return LOWER[row];
    }

    /// Whether both are added.
    public static boolean adds(int row) {
        return row == ADDED;
    }

    /// What a pass does with outputs.
    ///
    /// @param row of positions
    /// @param first whether it multiplies the first section of depth
    /// @param last whether it multiplies the last one
    static List<Share> shares(int row, boolean first, boolean last) {
        var shares = new ArrayList<Share>();
        for (int output = 0; output < OUTPUTS; output++) {
            if (OUTPUT[output][row] != 0) {
                shares.add(new Share(
                        output,
                        OUTPUT[output][row] < 0,
                        first && isNone(output, 0, row),
                        last && isNone(output, row + 1, SIDE)));
            }
        }
        return shares;
    }

    private static boolean isNone(int output, int from, int to) {
        for (int row = from; row < to; row++) {
            if (OUTPUT[output][row] != 0) {
                return false;
            }
        }
        return true;
    }
}
