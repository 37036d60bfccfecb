package dev.balsa.kernel.elementwise;

/// A sum of 8-bit integers that stand for numbers, of which one operand may be repeated (com.microsoft QLinearAdd,
/// version 1), in single precision: `((a - zeroA) * scaleA + (b - zeroB) * scaleB) / scaleC`, rounded half to even,
/// moved by `zeroC`, cut to the range of the type.
///
/// Operands: 0 is A, `rows * length` integers, 1 is B, `length` of them, which is added to every row; the output
/// is 2, as long as A, and shares memory with none.
///
/// @param signed whether the integers are signed, those of both operands and of the result
/// @param rows how often B is repeated
/// @param length elements of B
/// @param a how A stands for numbers
/// @param b how B does
/// @param c how the result does
public record QuantizedAddRequest(boolean signed, long rows, long length, Scale a, Scale b, Scale c) {
    /// How integers stand for numbers: `(integer - zeroPoint) * factor`.
    ///
    /// @param factor above 0, finite
    /// @param zeroPoint of the integers' type
    public record Scale(float factor, int zeroPoint) {}
}
