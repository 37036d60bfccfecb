package dev.balsa.kernel.depthfirst;

import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Machine;
import dev.balsa.kernel.Work;

/// A kernel's request over images of rows of pixels, of which ranges of output rows can be made each by itself.
/// Immutable and thread-safe.
///
/// Operand 0 is the input: images of [#inputRows] rows of [#inputRowBytes]. The output, of [#outputRows] rows of
/// [#outputRowBytes], is the last one.
public interface Layer {
    /// How many images there are.
    int images();

    /// Rows of an input image.
    int inputRows();

    /// Bytes of one of them.
    long inputRowBytes();

    /// Rows of an output image.
    int outputRows();

    /// Bytes of one of them.
    long outputRowBytes();

    /// Which rows of an input image are looked at for a range of rows of the output.
    RowRange sees(RowRange rows);

    /// Whether an operand that is neither the input nor the output has a row for each of the output; others are the
    /// same for all.
    boolean isByRow(int operand);

    /// Whether a range of rows of one image can be made by itself.
    boolean supports(RowRange rows);

    /// The work that makes a range of rows of one image: of its operands by row, and of the input, it has those rows
    /// alone, [#sees] of them. Layers that state the same problem for two ranges make equal keys.
    Piece piece(RowRange rows);

    /// What all rows of all images are likely to take.
    Cost cost(Machine machine);

    /// Some rows of a layer.
    interface Piece {
        /// Equal keys are equal works.
        Object key();

        /// Prepares the work; packs and writes code where that is new.
        Work prepare();
    }
}
