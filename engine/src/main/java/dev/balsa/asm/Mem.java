package dev.balsa.asm;

import java.util.Optional;

/// Memory at `base + index * scale + displacement`, or at a label (relative to the instruction pointer).
///
/// @param base a 64-bit register or [Gpr#NONE]
/// @param index a 64-bit register other than rsp, a vector of indices for gathers and scatters, or [Gpr#NONE]
/// @param scale 1, 2, 4 or 8
/// @param displacement bytes
/// @param label the place, if it is addressed by its label
/// @param bits how much memory is meant; 0 where the other operands tell
/// @param broadcasts whether one element stands for all lanes
/// @param mask the lanes that are written, for stores
public record Mem(
        Gpr base,
        Operand index,
        int scale,
        int displacement,
        Optional<Label> label,
        int bits,
        boolean broadcasts,
        Mask mask)
        implements Operand {
    /// Checks registers and scale.
    public Mem {
        if (base.bits() != 64 || index instanceof Gpr gpr && (gpr.bits() != 64 || gpr.equals(Gpr.RSP))) {
            throw new IllegalArgumentException(
                    "address: expected 64-bit registers and an index other than rsp, found " + base + " and " + index);
        }
        if (!(index instanceof Gpr || index instanceof Vec) || Integer.bitCount(scale) != 1 || scale > 8 || scale < 1) {
            throw new IllegalArgumentException(
                    "address: expected an index register and a scale of 1, 2, 4 or 8, found " + index + " * " + scale);
        }
    }

    /// Memory at `base + displacement`.
    public static Mem at(Gpr base, int displacement) {
        return at(base, Gpr.NONE, 1, displacement);
    }

    /// Memory at `base + index * scale + displacement`.
    public static Mem at(Gpr base, Operand index, int scale, int displacement) {
        return new Mem(base, index, scale, displacement, Optional.empty(), 0, false, Mask.K0);
    }

    /// Memory at a label.
    public static Mem at(Label label) {
        return new Mem(Gpr.NONE, Gpr.NONE, 1, 0, Optional.of(label), 0, false, Mask.K0);
    }

    /// The same address with so many bits at it.
    public Mem sized(int width) {
        return new Mem(base, index, scale, displacement, label, width, broadcasts, mask);
    }

    /// One element at the same address, for all lanes.
    public Mem broadcast() {
        return new Mem(base, index, scale, displacement, label, bits, true, mask);
    }

    /// The same memory, of which some lanes are written.
    public Mem mask(Mask writemask) {
        return new Mem(base, index, scale, displacement, label, bits, broadcasts, writemask);
    }

    /// The address further on by so many bytes.
    public Mem plus(int bytes) {
        return new Mem(base, index, scale, Math.addExact(displacement, bytes), label, bits, broadcasts, mask);
    }

    boolean hasIndex() {
        return index instanceof Vec || index instanceof Gpr gpr && gpr.exists();
    }

    @Override
    public int kind() {
        return Kinds.MEMORY;
    }

    /// The address in Intel's syntax, without size.
    @Override
    public String toString() {
        if (label.isPresent()) {
            return "[rip+" + label.get() + "]";
        }
        var text = new StringBuilder("[");
        if (base.exists()) {
            text.append(base);
        }
        if (hasIndex()) {
            text.append(base.exists() ? "+" : "").append(index).append('*').append(scale);
        }
        if (displacement != 0 || !base.exists() && !hasIndex()) {
            var sign = displacement < 0 ? "-" : base.exists() || hasIndex() ? "+" : "";
            text.append(sign).append("0x").append(Integer.toHexString(Math.abs(displacement)));
        }
        return text.append(']') + Vec.masked(mask, false);
    }
}
