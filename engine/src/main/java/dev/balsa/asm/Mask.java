package dev.balsa.asm;

/// An opmask register (Intel SDM, volume 1, *Opmask Registers*). As a writemask k0 means all lanes.
///
/// @param number 0 to 7
public record Mask(int number) implements Operand {
    public static final Mask K0 = new Mask(0);
    public static final Mask K1 = new Mask(1);
    public static final Mask K2 = new Mask(2);
    public static final Mask K3 = new Mask(3);
    public static final Mask K4 = new Mask(4);
    public static final Mask K5 = new Mask(5);
    public static final Mask K6 = new Mask(6);
    public static final Mask K7 = new Mask(7);

    /// Checks the number.
    public Mask {
        if (number < 0 || number > 7) {
            throw new IllegalArgumentException("opmask register: expected number 0 to 7, found " + number);
        }
    }

    @Override
    public int kind() {
        return Kinds.MASK;
    }

    @Override
    public String toString() {
        return "k" + number;
    }
}
