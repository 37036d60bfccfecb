/// Copies of elements from place to place, whatever their type: only the element's size matters.
///
/// [StridedCopyRequest] states transposes, slices, broadcasts, tiles and depth-space rearrangements;
/// [ConcatRequest], [IndexedCopyRequest] and [PadRequest] the rest. A split is one slice per part. The kernels are
/// listed in [MovementKernels].
@NullMarked
package dev.balsa.kernel.movement;

import org.jspecify.annotations.NullMarked;
