/// Products of rows with packed panels of columns, in machine code: what matrix products and convolutions over
/// channels-last images have in common.
///
/// A result of `M` rows and `N` columns is made in tiles. The rows of the left factor lie anywhere in memory
/// ([RowPlaces]); along a row the products run over a few segments ([Depth]). The right factor is packed into
/// panels of a few vectors of columns ([Panels]), or read where it lies ([TileForm]). [TileCode] writes the code
/// of a tile; [TileProduct] goes over rows, panels and depth so that what is used again is near. [BatchProduct]
/// does so for matrices that lie in memory batch after batch, and for right factors that are not constant.
///
/// Kernels are given a family of products ([ProductFamily]): this one ([VectorFamily]), or that of the tile unit. This
/// one has tiles of more than one shape ([TileShape]), and estimates what they take ([TileCost]).
///
/// Not here: the tile unit (`dev.balsa.kernel.amx`), what a matrix product or a convolution is
/// (`dev.balsa.kernel.gemm`, `dev.balsa.kernel.conv`). Start at [TileProduct].
@NullMarked
package dev.balsa.kernel.tile;

import org.jspecify.annotations.NullMarked;
