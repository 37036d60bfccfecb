package dev.balsa.asm;

/// A place in the code, jumped to or addressed, bound by [Assembler#bind] before or after its uses.
public final class Label implements Operand {
    private static final int UNBOUND = -1;

    private final String name;
    private int position = UNBOUND;

    /// A label that errors name so.
    public Label(String name) {
        this.name = name;
    }

    /// Whether the place is known.
    public boolean isBound() {
        return position != UNBOUND;
    }

    int position() {
        return position;
    }

    void bind(int place) {
        if (isBound()) {
            throw new IllegalStateException(
                    "label " + name + ": expected to be bound once, found bound at " + position);
        }
        position = place;
    }

    @Override
    public int kind() {
        return Kinds.LABEL;
    }

    @Override
    public String toString() {
        return name;
    }
}
