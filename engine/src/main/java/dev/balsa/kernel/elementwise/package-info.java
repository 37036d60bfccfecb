/// Functions of floats applied to spans of memory, and whatever a graph does element by element.
///
/// [FloatSpans] applies one function to a contiguous span; [SpanStages] applies the stages of an epilogue to a
/// piece of a row. The arithmetic is written once for vectors ([VectorMath]) and once for single floats
/// ([PlainMath]), with the constants and their derivation in [Coefficients]. Requests: [ElementwiseRequest],
/// [TypedRequest] for elements of other types, [SelectRequest], [CastRequest], [QuantizeRequest],
/// [DequantizeRequest], [DynamicQuantizeRequest]; the kernels are listed in [ElementwiseKernels].
///
/// Not here: reductions (`dev.balsa.kernel.reduce`), data movement (`dev.balsa.kernel.movement`). Start at
/// [FloatSpans].
@NullMarked
package dev.balsa.kernel.elementwise;

import org.jspecify.annotations.NullMarked;
