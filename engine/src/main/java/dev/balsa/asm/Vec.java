package dev.balsa.asm;

/// A vector register of 128, 256 or 512 bits, with what may be said about it: a writemask on the register that is
/// written, rounding on the last operand (Intel SDM, volume 2, *EVEX Instruction Encoding*).
///
/// @param number 0 to 31; those from 16 on need AVX-512
/// @param bits 128, 256 or 512
/// @param mask the lanes that are written
/// @param zeroing whether the other lanes become zero instead of staying
/// @param rounding rounding of the result
public record Vec(int number, int bits, Mask mask, boolean zeroing, Rounding rounding) implements Operand {
    /// Checks number and width.
    public Vec {
        if (number < 0 || number > 31 || bits != 128 && bits != 256 && bits != 512) {
            throw new IllegalArgumentException(
                    "vector register: expected number 0 to 31 and 128 to 512 bits, found " + number + ", " + bits);
        }
    }

    /// A register of 128 bits.
    public static Vec xmm(int number) {
        return of(number, 128);
    }

    /// A register of 256 bits.
    public static Vec ymm(int number) {
        return of(number, 256);
    }

    /// A register of 512 bits.
    public static Vec zmm(int number) {
        return of(number, 512);
    }

    /// A register of the given width.
    public static Vec of(int number, int bits) {
        return new Vec(number, bits, Mask.K0, false, Rounding.DEFAULT);
    }

    /// The same register, written under a mask: other lanes stay.
    public Vec mask(Mask writemask) {
        return new Vec(number, bits, writemask, false, rounding);
    }

    /// The same register, written under a mask: other lanes become zero.
    public Vec zero(Mask writemask) {
        return new Vec(number, bits, writemask, true, rounding);
    }

    /// The same register as last operand of an instruction that rounds so.
    public Vec round(Rounding how) {
        return new Vec(number, bits, mask, zeroing, how);
    }

    /// The register of the same number and another width.
    public Vec as(int width) {
        return new Vec(number, width, mask, zeroing, rounding);
    }

    @Override
    public int kind() {
        return Kinds.XMM * bits / 128;
    }

    /// The register in Intel's syntax, with mask and without rounding.
    @Override
    public String toString() {
        var name = (bits == 128 ? "xmm" : bits == 256 ? "ymm" : "zmm") + number;
        return name + masked(mask, zeroing);
    }

    static String masked(Mask mask, boolean zeroing) {
        return (mask.number() == 0 ? "" : "{" + mask + "}") + (zeroing ? "{z}" : "");
    }
}
