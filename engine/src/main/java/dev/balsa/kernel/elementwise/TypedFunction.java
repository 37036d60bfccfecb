package dev.balsa.kernel.elementwise;

/// Functions of elements that are not only floats; see [TypedRequest].
public enum TypedFunction {
    /// Comparisons of two elements of one type; the result is bool.
    EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
    /// Of bools.
    AND,
    OR,
    XOR,
    NOT,
    /// Of integers, of which the low bits stay.
    ADD,
    SUB,
    MUL,
    MIN,
    MAX,
    NEG,
    ABS,
    /// The second operand where the first, a bool, is true, the third elsewhere.
    SELECT,
    /// The element as another type: ONNX Cast, opset 6-24. Floats out of an integer's range become the nearest of
    /// int32, of which the low bits stay, NaN becomes 0.
    CAST;

    /// How many operands it has.
    public int operands() {
        return switch (this) {
            case NOT, NEG, ABS, CAST -> 1;
            case SELECT -> 3;
            default -> 2;
        };
    }

    /// Whether it compares.
    public boolean isComparison() {
        return compareTo(GREATER_OR_EQUAL) <= 0;
    }
}
