package dev.balsa.ir.window;

import dev.balsa.ir.Op;

/// An operator that computes each output element from a neighbourhood in an image.
public sealed interface Window extends Op
        permits Convolution,
                ConvTranspose,
                CausalConvWithState,
                Pool,
                GlobalPool,
                MaxUnpool,
                Col2Im,
                Resize,
                GridSample,
                AffineGrid,
                RoiAlign {}
