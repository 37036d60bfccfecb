package dev.balsa.asm.emulator;

import dev.balsa.asm.Decoded;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Mem;

/// How an address comes about.
@FunctionalInterface
interface Address {
    /// The address as the registers are now.
    long of(Machine machine);

    /// The address of an operand without a vector of indices.
    ///
    /// @param code where the code lies
    static Address of(Mem mem, long code) {
        if (mem.label().isPresent()) {
            long address = code + Decoded.position(mem.label().get());
            return _ -> address;
        }
        long displacement = mem.displacement();
        int base = mem.base().number();
        int index = ((Gpr) mem.index()).number();
        int scale = mem.scale();
        if (base >= 0 && index >= 0) {
            return machine -> machine.general[base] + machine.general[index] * scale + displacement;
        }
        if (base >= 0) {
            return machine -> machine.general[base] + displacement;
        }
        return index >= 0 ? machine -> machine.general[index] * scale + displacement : _ -> displacement;
    }
}
