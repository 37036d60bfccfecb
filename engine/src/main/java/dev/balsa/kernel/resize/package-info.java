/// Resampling of float tensors along their last axes by tables of indices and weights.
///
/// How an index and its weights follow from a coordinate mode is the caller's business. Start at [ResizeRequest]; the
/// kernels are listed in [ResizeKernels].
@NullMarked
package dev.balsa.kernel.resize;

import org.jspecify.annotations.NullMarked;
