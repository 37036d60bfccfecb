package dev.balsa.kernel.movement;

/// What stands outside of a padded tensor.
public enum PadMode {
    /// One given value.
    CONSTANT,
    /// Zeros.
    ZERO,
    /// The nearest element.
    EDGE,
    /// The mirror image about the first and the last element, which are not repeated.
    REFLECT,
    /// The tensor again.
    WRAP
}
