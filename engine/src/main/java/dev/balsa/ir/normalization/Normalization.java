package dev.balsa.ir.normalization;

import dev.balsa.ir.Op;

/// The family of operators that bring elements into proportion with others of the same tensor. The first output has the
/// first input's shape.
public sealed interface Normalization extends Op
        permits AlongAxis,
                BatchNormalization,
                GroupNormalization,
                InstanceNormalization,
                Lrn,
                MeanVarianceNormalization,
                RowNormalization {}
