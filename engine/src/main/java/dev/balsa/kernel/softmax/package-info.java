/// Softmax and its logarithm along one axis of floats.
///
/// Start at [SoftmaxRequest]; the kernels are listed in [SoftmaxKernels].
@NullMarked
package dev.balsa.kernel.softmax;

import org.jspecify.annotations.NullMarked;
