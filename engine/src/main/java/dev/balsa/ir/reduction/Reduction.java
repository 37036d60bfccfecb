package dev.balsa.ir.reduction;

import dev.balsa.ir.Op;

/// The family of operators that sum up elements along axes.
public sealed interface Reduction extends Op permits Reduce, Running {}
