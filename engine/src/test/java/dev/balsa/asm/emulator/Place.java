package dev.balsa.asm.emulator;

import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Operand;

/// Where a general-purpose instruction finds a number and puts it.
interface Place {
    /// The number, without sign; an immediate with its sign.
    long get(Machine machine);

    /// Puts the low bits of a number there.
    void set(Machine machine, long value);

    /// The place of an operand.
    static Place of(Operand operand, long code) {
        return switch (operand) {
            case Gpr gpr -> register(gpr.number(), gpr.bits());
            case Mem mem -> memory(Address.of(mem, code), mem.bits() / Byte.SIZE);
            case Imm imm -> constant(imm.value());
            default -> throw new IllegalArgumentException("no place for numbers: " + operand);
        };
    }

    /// Bits of an operand that is a register or memory.
    static int bits(Operand operand) {
        return operand instanceof Gpr gpr ? gpr.bits() : operand instanceof Mem mem ? mem.bits() : 0;
    }

    /// The low bits of a number.
    static long low(long value, int bits) {
        return bits == Long.SIZE ? value : value & (1L << bits) - 1;
    }

    /// The low bits of a number with the sign that they have.
    static long signed(long value, int bits) {
        int unused = Long.SIZE - bits;
        return value << unused >> unused;
    }

    private static Place constant(long value) {
        return new Place() {
            @Override
            public long get(Machine machine) {
                return value;
            }

            @Override
            public void set(Machine machine, long ignored) {
                throw new AssertionError("an immediate is no place to write to");
            }
        };
    }

    private static Place memory(Address address, int bytes) {
        return new Place() {
            @Override
            public long get(Machine machine) {
                return machine.read(address.of(machine), bytes);
            }

            @Override
            public void set(Machine machine, long value) {
                machine.write(address.of(machine), bytes, value);
            }
        };
    }

    private static Place register(int number, int bits) {
        return new Place() {
            @Override
            public long get(Machine machine) {
                return low(machine.general[number], bits);
            }

            @Override
            public void set(Machine machine, long value) {
                machine.general[number] = bits >= Integer.SIZE
                        ? low(value, bits)
                        : machine.general[number] & -1L << bits | low(value, bits);
            }
        };
    }
}
