package dev.balsa.kernel.depthfirst;

import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Machine;
import dev.balsa.kernel.Work;
import java.util.Optional;

/// A kernel's request over images of rows of pixels, of which ranges of output rows can be made each by itself.
/// Immutable and thread-safe.
///
/// Operand 0 is the input: images of [#inputRows] rows of [#inputRowBytes]. The output, of [#outputRows] rows of
/// [#outputRowBytes], is the last one; before it are the means of each of these rows, if the layer makes them.
public interface Layer {
    /// How many images there are.
    int images();

    /// Rows of an input image.
    int inputRows();

    /// Bytes of one of them.
    long inputRowBytes();

    /// Bytes from one of them to the next, where the input is an operand from outside.
    default long inputRowStep() {
        return inputRowBytes();
    }

    /// Rows of an output image.
    int outputRows();

    /// Bytes of one of them.
    long outputRowBytes();

    /// Bytes of a row of an operand of [Extent#BY_ROW], or of the input.
    default long rowBytes(int operand) {
        return operand == 0 ? inputRowBytes() : outputRowBytes();
    }

    /// The same with the means of the output's rows, if it can make these; see [Kernel#withRowMeans].
    default Optional<Layer> withRowMeans() {
        return Optional.empty();
    }

    /// Bytes of the means of a row of the output; 0 if they are not made.
    default long rowMeanBytes() {
        return 0;
    }

    /// Bytes from one of them to the next, where the output is one that goes outside.
    default long outputRowStep() {
        return outputRowBytes();
    }

    /// Which rows of an input image are looked at for a range of rows of the output.
    RowRange sees(RowRange rows);

    /// What of an operand that is neither the input nor the output belongs to what.
    Extent extent(int operand);

    /// Whether a range of rows of one image can be made by itself.
    boolean supports(RowRange rows);

    /// The work that makes a range of rows of one image: of the input, and of its operands by row, it has those rows
    /// alone, [#sees] of the input's; of its operands by image that image's part. Equal problems of two ranges have
    /// equal keys.
    Piece piece(RowRange rows);

    /// What all rows of all images are likely to take.
    Cost cost(Machine machine);

    /// What a range of rows of one image is likely to take by itself: more than its part of all rows, where kernels do
    /// several rows at a time, or have to begin.
    default Cost cost(RowRange rows, Machine machine) {
        return cost(machine).times((double) rows.count() / outputRows() / images());
    }

    /// What an operand has.
    enum Extent {
        /// A row for each of the output, of as many elements.
        BY_ROW,
        /// As much for each image.
        BY_IMAGE,
        /// The same for all images.
        ONE
    }

    /// Some rows of a layer.
    interface Piece {
        /// Equal keys are equal works.
        Object key();

        /// Prepares the work; packs and writes code where that is new.
        Work prepare();
    }
}
