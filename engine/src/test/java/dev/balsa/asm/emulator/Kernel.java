package dev.balsa.asm.emulator;

/// What a vector instruction makes of whole vectors, apart from masks.
@FunctionalInterface
interface Kernel {
    /// Fills `result`.
    ///
    /// @param target what the target held before
    /// @param first the first of two sources; of one source the same as `last`
    /// @param last the last source, which memory may have been
    /// @param bytes how much of the vectors is meant
    void apply(byte[] result, byte[] target, byte[] first, byte[] last, int bytes);

    /// Which lanes of a comparison hold, a bit each.
    @FunctionalInterface
    interface Comparison {
        /// The bits.
        long apply(byte[] first, byte[] last, int bytes);
    }
}
