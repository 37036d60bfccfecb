/// Products of dense matrices, of floats and of bytes.
///
/// Start at [GemmRequest] and [GemmKernels]. A product is blocked by [PanelProduct]; the innermost loops are those
/// of [PanelTile], in a vector and a plain form, which convolutions use as well.
///
/// Not here: convolutions (`dev.balsa.kernel.conv`), sparse products, the tiles of machine code
/// (`dev.balsa.kernel.tile`, `dev.balsa.kernel.amx`).
@NullMarked
package dev.balsa.kernel.gemm;

import org.jspecify.annotations.NullMarked;
