/// Convolutions of one to three spatial dimensions on dense channels-first images, of floats and of bytes, and their
/// transposes.
///
/// Start at [ConvRequest], [ConvTransposeRequest]. A convolution is a matrix product of the
/// weights with panels of image values that are gathered on the way; no image is unfolded as a whole.
///
/// Not here: pooling, sparse weights, generated machine code.
@NullMarked
package dev.balsa.kernel.conv;

import org.jspecify.annotations.NullMarked;
