/// Pooling of float planes over windows in one to three dimensions.
///
/// Pooling over whole planes is a reduction (`dev.balsa.kernel.reduce`). Start at [PoolRequest]; the kernels are listed
/// in [PoolKernels].
@NullMarked
package dev.balsa.kernel.pool;

import org.jspecify.annotations.NullMarked;
