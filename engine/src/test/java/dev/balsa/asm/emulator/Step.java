package dev.balsa.asm.emulator;

import dev.balsa.asm.Decoded;

/// A decoded instruction, ready to be executed.
record Step(Decoded decoded, Action action) {
    /// What an instruction does.
    @FunctionalInterface
    interface Action {
        /// Does it; [Machine#next] is the offset of the next instruction and may be changed.
        void run(Machine machine);
    }
}
