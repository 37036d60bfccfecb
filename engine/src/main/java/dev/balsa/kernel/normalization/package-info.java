/// Normalisations of floats: by row, by group of channels, by given statistics, and across neighbouring channels.
///
/// Requests: [RowNormRequest], [GroupNormRequest], [BatchNormRequest], [LocalResponseRequest]. The kernels are listed
/// in [NormalizationKernels].
@NullMarked
package dev.balsa.kernel.normalization;

import org.jspecify.annotations.NullMarked;
