package dev.balsa.ir.assembly;

import dev.balsa.ir.Op;

/// An operator that arranges the elements of its inputs anew, whole blocks at a time.
public sealed interface Assembly extends Op
        permits CenterCropPad,
                Concat,
                DepthToSpace,
                Expand,
                Pad,
                ReverseSequence,
                Slice,
                SpaceToDepth,
                Split,
                TensorScatter,
                Tile,
                Transpose,
                Trilu {}
