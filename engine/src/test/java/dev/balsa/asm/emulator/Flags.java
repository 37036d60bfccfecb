package dev.balsa.asm.emulator;

/// How results of general-purpose instructions set the flags (Intel SDM, volume 1, *EFLAGS Register*).
final class Flags {
    private Flags() {}

    /// Sets zero, sign and parity.
    static void ofResult(Machine m, long result, int bits) {
        m.zero = Place.low(result, bits) == 0;
        m.sign = (result >>> bits - 1 & 1) != 0;
        m.parity = (Long.bitCount(result & 0xFF) & 1) == 0;
    }

    /// As bitwise operations do.
    static long logic(Machine m, long result, int bits) {
        m.carry = false;
        m.overflow = false;
        ofResult(m, result, bits);
        return result;
    }

    /// a + b + carry
    static long add(Machine m, long a, long b, boolean carry, int bits) {
        long x = Place.low(a, bits);
        long y = Place.low(b, bits);
        long result = Place.low(x + y + (carry ? 1 : 0), bits);
        int compared = Long.compareUnsigned(result, x);
        m.carry = compared < 0 || carry && compared == 0;
        m.overflow = ((x ^ result) & (y ^ result)) >>> bits - 1 != 0;
        ofResult(m, result, bits);
        return result;
    }

    /// a - b - borrow
    static long subtract(Machine m, long a, long b, boolean borrow, int bits) {
        long x = Place.low(a, bits);
        long y = Place.low(b, bits);
        long result = Place.low(x - y - (borrow ? 1 : 0), bits);
        int compared = Long.compareUnsigned(x, y);
        m.carry = compared < 0 || borrow && compared == 0;
        m.overflow = ((x ^ y) & (x ^ result)) >>> bits - 1 != 0;
        ofResult(m, result, bits);
        return result;
    }

    /// Whether a condition holds, by its number in opcodes (Intel SDM, volume 1, appendix B).
    static boolean holds(Machine m, int condition) {
        boolean holds = switch (condition >> 1) {
            case 0 -> m.overflow;
            case 1 -> m.carry;
            case 2 -> m.zero;
            case 3 -> m.carry || m.zero;
            case 4 -> m.sign;
            case 5 -> m.parity;
            case 6 -> m.sign != m.overflow;
            default -> m.zero || m.sign != m.overflow;
        };
        return holds == ((condition & 1) == 0);
    }
}
