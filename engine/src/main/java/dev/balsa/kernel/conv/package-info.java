/// Convolutions of one to three spatial dimensions on dense images, of floats and of bytes, and their transposes.
///
/// Start at [ConvRequest] and [ConvTransposeRequest], for channels-first images on any CPU: a matrix product of the
/// weights with panels of image values that are gathered on the way. [ChannelsLastConvRequest] is for machine code:
/// a matrix product of windows, read where they lie, with packed weights. No image is unfolded as a whole.
///
/// Not here: pooling, sparse weights, the tiles of machine code (`dev.balsa.kernel.tile`).
@NullMarked
package dev.balsa.kernel.conv;

import org.jspecify.annotations.NullMarked;
