package dev.balsa.asm;

/// Rounding for one instruction, which also suppresses its exceptions (Intel SDM, volume 2, *Static Rounding Support*).
public enum Rounding {
    /// As the control register says.
    DEFAULT(""),
    NEAREST("{rn-sae}"),
    DOWN("{rd-sae}"),
    UP("{ru-sae}"),
    TO_ZERO("{rz-sae}"),
    /// As the instruction does, without exceptions.
    SUPPRESS("{sae}");

    private final String text;

    Rounding(String text) {
        this.text = text;
    }

    /// The two bits of the prefix.
    int code() {
        return switch (this) {
            case DEFAULT, NEAREST, SUPPRESS -> 0;
            case DOWN -> 1;
            case UP -> 2;
            case TO_ZERO -> 3;
        };
    }

    /// As it is written behind the operands in Intel's syntax.
    @Override
    public String toString() {
        return text;
    }
}
