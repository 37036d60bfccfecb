package dev.balsa.ir.attention;

/// How a step of linear attention changes the state, before it adds `key ⊗ value` to it.
public enum UpdateRule {
    LINEAR(false, false),
    /// The state decays.
    GATED(true, false),
    /// What the state already gives for the key is taken off the value.
    DELTA(false, true),
    GATED_DELTA(true, true);

    private final boolean decays;
    private final boolean corrects;

    UpdateRule(boolean decays, boolean corrects) {
        this.decays = decays;
        this.corrects = corrects;
    }

    /// Whether the state decays, so that there is an input `decay`.
    boolean decays() {
        return decays;
    }

    /// Whether the value is corrected, so that there is an input `beta`.
    boolean corrects() {
        return corrects;
    }
}
