/// Reductions of floats over any set of axes, and folds of contiguous spans that other families use.
///
/// Start at [ReduceRequest]; the kernels are listed in [ReduceKernels]. `FloatFolds` are the loops of the portable
/// ones.
@NullMarked
package dev.balsa.kernel.reduce;

import org.jspecify.annotations.NullMarked;
