package dev.balsa.asm;

import java.util.List;

/// A general-purpose register of 8, 16, 32 or 64 bits (Intel SDM, volume 1, *General-Purpose Registers*).
///
/// @param number 0 to 15, as it is encoded; -1 for [#NONE]
/// @param bits 8, 16, 32 or 64
public record Gpr(int number, int bits) implements Operand {
    /// No register: an address without base or index.
    public static final Gpr NONE = new Gpr(-1, 64);

    public static final Gpr RAX = r64(0);
    public static final Gpr RCX = r64(1);
    public static final Gpr RDX = r64(2);
    public static final Gpr RBX = r64(3);
    public static final Gpr RSP = r64(4);
    public static final Gpr RBP = r64(5);
    public static final Gpr RSI = r64(6);
    public static final Gpr RDI = r64(7);
    public static final Gpr R8 = r64(8);
    public static final Gpr R9 = r64(9);
    public static final Gpr R10 = r64(10);
    public static final Gpr R11 = r64(11);
    public static final Gpr R12 = r64(12);
    public static final Gpr R13 = r64(13);
    public static final Gpr R14 = r64(14);
    public static final Gpr R15 = r64(15);

    private static final List<String> NAMES = List.of("ax", "cx", "dx", "bx", "sp", "bp", "si", "di");

    /// Checks the number and the width.
    public Gpr {
        if (number < -1 || number > 15 || bits != 8 && bits != 16 && bits != 32 && bits != 64) {
            throw new IllegalArgumentException(
                    "general-purpose register: expected number 0 to 15 and 8 to 64 bits, found " + number + ", "
                            + bits);
        }
    }

    /// The 64-bit register of a number.
    public static Gpr r64(int number) {
        return new Gpr(number, 64);
    }

    /// The lower 32 bits; writing them clears the upper ones.
    public Gpr low32() {
        return new Gpr(number, 32);
    }

    /// The lower 16 bits.
    public Gpr low16() {
        return new Gpr(number, 16);
    }

    /// The lower 8 bits.
    public Gpr low8() {
        return new Gpr(number, 8);
    }

    /// Whether this is a register.
    public boolean exists() {
        return number >= 0;
    }

    @Override
    public int kind() {
        return Kinds.R8 * bits / Byte.SIZE;
    }

    /// The name in Intel's syntax.
    @Override
    public String toString() {
        if (!exists()) {
            return "none";
        }
        if (number >= 8) {
            return "r" + number + (bits == 64 ? "" : bits == 32 ? "d" : bits == 16 ? "w" : "b");
        }
        var name = NAMES.get(number);
        return switch (bits) {
            case 64 -> "r" + name;
            case 32 -> "e" + name;
            case 16 -> name;
            default -> number < 4 ? name.charAt(0) + "l" : name + "l";
        };
    }
}
