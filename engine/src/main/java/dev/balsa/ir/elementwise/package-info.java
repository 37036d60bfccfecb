/// Operators that compute each output element from the elements at the same place of their inputs, with ONNX's
/// multidirectional broadcasting: arithmetic, comparison, logic, activation functions, type conversion.
///
/// Not here: anything that looks at neighbours or sums up. Start at [Elementwise]; a function of one number is a
/// [Unary], of two a [Binary].
@NullMarked
package dev.balsa.ir.elementwise;

import org.jspecify.annotations.NullMarked;
