package dev.balsa.asm.emulator;

import dev.balsa.asm.Decoded;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Mask;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Operand;
import dev.balsa.asm.Rounding;
import dev.balsa.asm.Vec;
import dev.balsa.asm.emulator.Step.Action;
import java.util.List;

/// What vector instructions have in common: where sources come from, and how results go where they belong.
final class VectorForm {
    private static final int XMM = 16;

    /// Where a source comes from.
    @FunctionalInterface
    private interface Source {
        /// The vector.
        ///
        /// @param chosen the lanes that are needed
        byte[] get(Machine machine, long chosen);
    }

    private final Decoded decoded;
    private final List<Operand> operands;
    private final long code;
    /// Bytes of the longest vector.
    final int length;
    /// The immediate, without sign; 0 if there is none.
    final int immediate;
    final int mask;
    final boolean zeroing;
    final Rounding rounding;

    VectorForm(Decoded decoded, long code) {
        this.decoded = decoded;
        this.operands = decoded.operands();
        this.code = code;
        int bits = decoded.vectorBits();
        int number = 0;
        int writemask = 0;
        boolean zeroes = false;
        var rounds = Rounding.DEFAULT;
        for (var operand : operands) {
            switch (operand) {
                case Vec vec -> {
                    bits = Math.max(bits, vec.bits());
                    writemask = Math.max(writemask, vec.mask().number());
                    zeroes |= vec.zeroing();
                    rounds = vec.rounding() == Rounding.DEFAULT ? rounds : vec.rounding();
                }
                case Mem mem -> writemask = Math.max(writemask, mem.mask().number());
                case Imm imm -> number = (int) imm.value();
                default -> {}
            }
        }
        length = bits / Byte.SIZE;
        immediate = number;
        mask = writemask;
        zeroing = zeroes;
        rounding = rounds;
    }

    Operand operand(int index) {
        return operands.get(index);
    }

    int count() {
        return operands.size();
    }

    /// Whether the last source or the target is memory.
    boolean hasMemory() {
        return operands.stream().anyMatch(Mem.class::isInstance);
    }

    /// The number of a vector register.
    int register(int index) {
        return ((Vec) operands.get(index)).number();
    }

    Address address(int index) {
        return Address.of((Mem) operands.get(index), code);
    }

    Place place(int index) {
        return Place.of(operands.get(index), code);
    }

    /// Lanes of the result follow from the same lanes of the sources.
    Action lanes(int size, Kernel kernel) {
        return lanes(size, length / size, kernel);
    }

    /// So many lanes of the result, of `size` bytes, follow from as many of each source.
    Action lanes(int size, int lanes, Kernel kernel) {
        return action(size, lanes, size * lanes, length, true, kernel);
    }

    /// Lanes of the result, of `size` bytes, follow from any of the sources, which are read as wholes.
    Action whole(int size, Kernel kernel) {
        int bytes = bytes(operands.getFirst());
        return action(size, bytes / size, bytes, length, false, kernel);
    }

    /// The lowest lane is computed, the others are those of the first source.
    Action scalar(int size, Kernel kernel) {
        return action(size, 1, XMM, size, true, (result, target, first, last, bytes) -> {
            kernel.apply(result, target, first, last, size);
            System.arraycopy(first, size, result, size, XMM - size);
        });
    }

    /// The lowest lane is computed, the others are those of the target.
    Action scalarOfTarget(int size, Kernel kernel) {
        return action(size, 1, XMM, size, true, (result, target, first, last, bytes) -> {
            kernel.apply(result, target, first, last, size);
            System.arraycopy(target, size, result, size, XMM - size);
        });
    }

    private static int bytes(Operand operand) {
        return (operand instanceof Vec vec ? vec.bits() : ((Mem) operand).bits()) / Byte.SIZE;
    }

    private Action action(int size, int lanes, int written, int bytes, boolean suppressing, Kernel kernel) {
        long all = lanes == Long.SIZE ? -1 : (1L << lanes) - 1;
        var sources = operands.stream()
                .skip(1)
                .filter(operand -> operand instanceof Vec || operand instanceof Mem)
                .map(operand -> source(operand, lanes, all))
                .toList();
        var first = sources.getFirst();
        var last = sources.getLast();
        if (sources.size() > 2) {
            throw new IllegalArgumentException("two sources expected: " + decoded);
        }
        if (operands.getFirst() instanceof Mem) {
            var address = address(0);
            return m -> {
                var vector = last.get(m, all);
                kernel.apply(m.spare, m.spare, first.get(m, all), vector, bytes);
                store(m, address.of(m), m.spare, size, lanes, written);
            };
        }
        int target = register(0);
        return m -> {
            long chosen = suppressing ? m.lanes(mask) & all : all;
            var vector = last.get(m, chosen);
            kernel.apply(m.spare, m.vectors[target], first == last ? vector : first.get(m, chosen), vector, bytes);
            m.commit(target, mask, zeroing, size, lanes, written);
        };
    }

    private Source source(Operand operand, int lanes, long all) {
        if (operand instanceof Vec vec) {
            int number = vec.number();
            return (m, _) -> m.vectors[number];
        }
        var mem = (Mem) operand;
        var address = Address.of(mem, code);
        int bytes = mem.bits() / Byte.SIZE;
        if (mem.broadcasts()) {
            return (m, chosen) -> {
                long element = chosen == 0 ? 0 : m.read(address.of(m), bytes);
                for (int i = 0; i < length / bytes; i++) {
                    Lane.set(m.loaded, bytes, i, element);
                }
                return m.loaded;
            };
        }
        int element = Math.max(1, bytes / lanes);
        return (m, chosen) -> {
            long start = address.of(m);
            if (chosen == all) {
                m.read(start, m.loaded, bytes);
            } else {
                for (int lane = 0; lane < lanes; lane++) {
                    if ((chosen >>> lane & 1) != 0) {
                        Lane.set(m.loaded, element, lane, m.read(start + (long) lane * element, element));
                    }
                }
            }
            return m.loaded;
        };
    }

    private void store(Machine m, long address, byte[] vector, int size, int lanes, int bytes) {
        if (mask == 0) {
            m.write(address, vector, 0, bytes);
            return;
        }
        long chosen = m.masks[mask];
        for (int lane = 0; lane < lanes; lane++) {
            if ((chosen >>> lane & 1) != 0) {
                m.write(address + (long) lane * size, vector, lane * size, size);
            }
        }
    }

    /// A comparison of lanes, whose result is a mask register, or all bits of each lane.
    Action comparison(int size, Kernel.Comparison comparison) {
        int lanes = length / size;
        if (!(operands.getFirst() instanceof Mask target)) {
            return lanes(size, (result, _, first, last, bytes) -> {
                long holds = comparison.apply(first, last, bytes);
                for (int lane = 0; lane < lanes; lane++) {
                    Lane.set(result, size, lane, -(holds >>> lane & 1));
                }
            });
        }
        long all = lanes == Long.SIZE ? -1 : (1L << lanes) - 1;
        var first = source(operands.get(1), lanes, all);
        var last = source(operands.get(2), lanes, all);
        return m -> m.masks[target.number()] = comparison.apply(first.get(m, all), last.get(m, all), length);
    }

    /// A test of two sources that sets flags.
    Action test(Kernel.Comparison carryAndZero) {
        var first = source(operands.get(0), 1, 1);
        var last = source(operands.get(1), 1, 1);
        return m -> {
            long flags = carryAndZero.apply(first.get(m, 1), last.get(m, 1), length);
            m.zero = (flags & 1) != 0;
            m.carry = (flags & 2) != 0;
            m.parity = (flags & 4) != 0;
            m.sign = false;
            m.overflow = false;
        };
    }
}
