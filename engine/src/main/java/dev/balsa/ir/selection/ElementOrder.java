package dev.balsa.ir.selection;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;

/// The order of a tensor's elements, given by their places.
///
/// Numbers by value, where -0 equals 0, and NaN equals NaN and is above everything; false below true; strings by code
/// points.
@FunctionalInterface
interface ElementOrder {
    /// Negative, 0 or positive as element `a` is below, equal to or above element `b`.
    int compare(long a, long b);

    /// The order of the elements of `x`.
    static ElementOrder of(Tensor x) {
        if (x.type().isFloat()) {
            return (a, b) -> compareFloats(x.getDouble(a), x.getDouble(b));
        }
        if (x.type() == DataType.STRING) {
            return (a, b) -> compareStrings(x.getString(a), x.getString(b));
        }
        return x.type() == DataType.UINT64
                ? (a, b) -> Long.compareUnsigned(x.getLong(a), x.getLong(b))
                : (a, b) -> Long.compare(x.getLong(a), x.getLong(b));
    }

    private static int compareFloats(double a, double b) {
        if (a < b) {
            return -1;
        }
        return a > b ? 1 : Boolean.compare(Double.isNaN(a), Double.isNaN(b));
    }

    private static int compareStrings(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            if (a.charAt(i) != b.charAt(i)) {
                return rank(a.charAt(i)) - rank(b.charAt(i));
            }
        }
        return a.length() - b.length();
    }

    /// Surrogates stand for code points above all that take one `char`.
    private static int rank(char unit) {
        return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
    }
}
