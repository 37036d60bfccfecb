package dev.balsa.ir.quantization;

import dev.balsa.ir.Op;

/// The family of operators that make, take or compute on quantised tensors.
public sealed interface Quantization extends Op
        permits ConvInteger,
                DequantizeLinear,
                DynamicQuantizeLinear,
                MatMulInteger,
                QLinearAdd,
                QLinearConv,
                QLinearMatMul,
                QuantizeLinear,
                TableLookup {}
