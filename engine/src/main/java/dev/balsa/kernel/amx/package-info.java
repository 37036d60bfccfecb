/// Products of rows with constant factors on the tile unit (AMX), of bytes ([ByteProduct], which
/// [IntegerProducts] makes), and of floats in bfloat16 parts: the family of products
/// ([AmxFamily]) that matrix products and convolutions are given where the processor has that unit.
///
/// A float is the sum of three bfloat16 numbers. The right factor is taken apart when it is packed ([AmxPanels]),
/// the left one by each worker, a band of rows at a time, into its own scratch memory ([SplitCode]); [LeftLayout]
/// says how it lies there, so that one instruction loads 16 rows. [AmxTileCode] multiplies tiles, [SumsOut]
/// passes the sums through the epilogue; [AmxProduct] goes over bands and panels.
///
/// Kernels that go from block to block themselves multiply with [PlaneProduct], also by factors that only the run
/// tells.
///
/// Not here: what a matrix product or a convolution is (`dev.balsa.kernel.gemm`, `dev.balsa.kernel.conv`),
/// products by vectors (`dev.balsa.kernel.tile`). Start at [AmxProduct].
@NullMarked
package dev.balsa.kernel.amx;

import org.jspecify.annotations.NullMarked;
