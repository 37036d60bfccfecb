package dev.balsa.kernel;

/// Functions of two floats that kernels can apply to a result before it is stored, or as a loop of their own.
public enum BinaryFunction {
    ADD,
    SUB,
    /// Second minus first.
    RSUB,
    MUL,
    DIV,
    /// Second over first.
    RDIV,
    MIN,
    MAX,
    POW,
    /// x below 0 becomes x times the second operand.
    PRELU
}
