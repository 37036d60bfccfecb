package dev.balsa.kernel.reduce;

/// What is made of the elements that are reduced to one. NaN anywhere gives NaN.
public enum ReduceFunction {
    SUM,
    MEAN,
    MAX,
    MIN,
    PRODUCT,
    SUM_OF_SQUARES,
    /// Sum of magnitudes.
    L1,
    /// Square root of the sum of squares.
    L2,
    /// Logarithm of the sum.
    LOG_SUM,
    /// Logarithm of the sum of exponentials, safe from overflow.
    LOG_SUM_EXP
}
