/// Products of dense matrices, of floats and of bytes.
///
///
/// Not here: convolutions (`dev.balsa.kernel.conv`), sparse products, generated machine code.
@NullMarked
package dev.balsa.kernel.gemm;

import org.jspecify.annotations.NullMarked;
