package dev.balsa.kernel.pool;

/// What is made of the elements of a window.
public enum PoolFunction {
    /// The largest; NaN if there is one.
    MAX,
    /// The mean.
    AVERAGE
}
