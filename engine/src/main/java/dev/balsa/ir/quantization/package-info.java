/// Operators on tensors that stand for real numbers by integers: `real = (integer - zero point) * scale`.
///
/// Integer sums are exact in 32 bits; results are rounded half to even and cut to the range of their type
/// ([Requantization]). Not here: the same operators on floats (`contraction`, `window`). Start at [Quantization],
/// [QuantizeLinear] and [QLinearConv].
@NullMarked
package dev.balsa.ir.quantization;

import org.jspecify.annotations.NullMarked;
