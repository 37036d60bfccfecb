/// Tensors outside the Java heap: [DataType], concrete [Shape], and [Tensor], 64-byte aligned memory with both.
///
/// Not here: symbolic shapes (`dev.balsa.ir`), arithmetic on tensors (`dev.balsa.kernel` and the operators in
/// `dev.balsa.ir`). Start at [Tensor].
@NullMarked
package dev.balsa.tensor;

import org.jspecify.annotations.NullMarked;
