package dev.balsa.asm.emulator;

import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.asm.emulator.Step.Action;
import java.util.Arrays;

/// Lanes that go to different places: gathers, scatters, compression and expansion.
final class GatherSteps {
    private GatherSteps() {}

    private static long address(Machine m, Mem mem, int lane) {
        long base = mem.base().exists() ? m.general[mem.base().number()] : 0;
        int index = Lane.getInt(m.vectors[((Vec) mem.index()).number()], lane);
        return base + (long) index * mem.scale() + mem.displacement();
    }

    /// With 32-bit indices. The mask, a register of signs or an opmask register, is zero afterwards.
    static Action gather(VectorForm form, int size) {
        int to = form.register(0);
        var mem = (Mem) form.operand(1);
        int signs = form.count() == 3 ? form.register(2) : -1;
        int bytes = ((Vec) form.operand(0)).bits() / Byte.SIZE;
        int lanes = bytes / size;
        return m -> {
            for (int i = 0; i < lanes; i++) {
                boolean chosen =
                        signs >= 0 ? Lane.signed(m.vectors[signs], size, i) < 0 : (m.masks[form.mask] >>> i & 1) != 0;
                long value = chosen ? m.read(address(m, mem, i), size) : Lane.unsigned(m.vectors[to], size, i);
                Lane.set(m.spare, size, i, value);
            }
            m.commit(to, 0, false, size, lanes, bytes);
            if (signs >= 0) {
                Arrays.fill(m.vectors[signs], (byte) 0);
            } else {
                m.masks[form.mask] = 0;
            }
        };
    }

    static Action scatter(VectorForm form, int size) {
        var mem = (Mem) form.operand(0);
        int from = form.register(1);
        int lanes = form.length / size;
        return m -> {
            for (int i = 0; i < lanes; i++) {
                if ((m.masks[form.mask] >>> i & 1) != 0) {
                    m.write(address(m, mem, i), size, Lane.unsigned(m.vectors[from], size, i));
                }
            }
            m.masks[form.mask] = 0;
        };
    }

    /// The chosen lanes, one next to the other.
    static Action compress(VectorForm form, int size) {
        int from = form.register(1);
        int lanes = form.length / size;
        if (form.operand(0) instanceof Mem) {
            var to = form.address(0);
            return m -> {
                long address = to.of(m);
                for (int i = 0; i < lanes; i++) {
                    if ((m.lanes(form.mask) >>> i & 1) != 0) {
                        m.write(address, size, Lane.unsigned(m.vectors[from], size, i));
                        address += size;
                    }
                }
            };
        }
        int to = form.register(0);
        return m -> {
            int next = 0;
            for (int i = 0; i < lanes; i++) {
                if ((m.lanes(form.mask) >>> i & 1) != 0) {
                    Lane.set(m.spare, size, next++, Lane.unsigned(m.vectors[from], size, i));
                }
            }
            for (; next < lanes; next++) {
                Lane.set(m.spare, size, next, form.zeroing ? 0 : Lane.unsigned(m.vectors[to], size, next));
            }
            m.commit(to, 0, false, size, lanes, form.length);
        };
    }

    /// Neighbours, to the chosen lanes.
    static Action expand(VectorForm form, int size) {
        int to = form.register(0);
        int lanes = form.length / size;
        var memory = form.operand(1) instanceof Mem ? form.address(1) : null;
        int from = memory == null ? form.register(1) : 0;
        return m -> {
            long address = memory == null ? 0 : memory.of(m);
            int next = 0;
            for (int i = 0; i < lanes; i++) {
                if ((m.lanes(form.mask) >>> i & 1) != 0) {
                    long value = memory == null
                            ? Lane.unsigned(m.vectors[from], size, next)
                            : m.read(address + (long) next * size, size);
                    Lane.set(m.spare, size, i, value);
                    next++;
                }
            }
            m.commit(to, form.mask, form.zeroing, size, lanes, form.length);
        };
    }
}
