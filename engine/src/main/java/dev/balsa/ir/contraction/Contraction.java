package dev.balsa.ir.contraction;

import dev.balsa.ir.Op;

/// An operator that sums products over a dimension that its operands share.
public sealed interface Contraction extends Op permits Det, Einsum, Gemm, MatMul {}
