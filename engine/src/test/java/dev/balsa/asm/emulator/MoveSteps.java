package dev.balsa.asm.emulator;

import dev.balsa.asm.Avx512Instruction;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.asm.emulator.Step.Action;
import java.util.Arrays;
import java.util.Optional;

/// Vectors, parts of them and chosen lanes, moved as they are.
final class MoveSteps {
    private static final int XMM = 16;

    private MoveSteps() {}

    static Optional<Action> of(AvxInstruction instruction, VectorForm form) {
        return Optional.ofNullable(
                switch (instruction) {
                    case VMOVAPS -> aligned(form, 4);
                    case VMOVAPD -> aligned(form, 8);
                    case VMOVNTPS -> aligned(form, 4);
                    case VMOVUPS -> form.lanes(4, MoveSteps::copy);
                    case VMOVUPD -> form.lanes(8, MoveSteps::copy);
                    case VMOVSS -> lowest(form, 4);
                    case VMOVSD -> lowest(form, 8);
                    case VMOVD -> general(form, 4);
                    case VMOVQ -> general(form, 8);
                    case VBLENDVPS -> select(form, 4);
                    case VMASKMOVPS -> masked(form, 4);
                    case VMOVMSKPS -> signs(form, 4);
                    case VTESTPS -> form.test(MoveSteps::testSigns);
                    case VGATHERDPS -> GatherSteps.gather(form, 4);
                    case VGATHERDPD -> GatherSteps.gather(form, 8);
                    case VINSERTPS -> insertFloat(form);
                    case VEXTRACTPS -> extractElement(form, 4);
                    case VZEROUPPER ->
                        m -> {
                            for (int i = 0; i < 16; i++) {
                                Arrays.fill(m.vectors[i], XMM, Machine.VECTOR, (byte) 0);
                            }
                        };
                    case VZEROALL ->
                        m -> {
                            for (int i = 0; i < 16; i++) {
                                Arrays.fill(m.vectors[i], (byte) 0);
                            }
                        };
                    case VLDMXCSR -> {
                        var from = form.place(0);
                        yield m -> setControl(m, (int) from.get(m));
                    }
                    case VSTMXCSR -> {
                        var to = form.place(0);
                        yield m -> to.set(m, m.mxcsr);
                    }
                    default -> null;
                });
    }

    static Optional<Action> of(IntegerVectorInstruction instruction, VectorForm form) {
        return Optional.ofNullable(
                switch (instruction) {
                    case VMOVDQA, VMOVNTDQ -> aligned(form, 8);
                    case VMOVDQU -> form.lanes(8, MoveSteps::copy);
                    case VPBROADCASTB -> broadcast(form, 1);
                    case VPBROADCASTW -> broadcast(form, 2);
                    case VPBROADCASTD -> broadcast(form, 4);
                    case VPBROADCASTQ -> broadcast(form, 8);
                    case VPBLENDVB -> select(form, 1);
                    case VPMASKMOVD -> masked(form, 4);
                    case VPMOVMSKB -> signs(form, 1);
                    case VPINSRB -> insertElement(form, 1);
                    case VPINSRW -> insertElement(form, 2);
                    case VPINSRD -> insertElement(form, 4);
                    case VPINSRQ -> insertElement(form, 8);
                    case VPEXTRB -> extractElement(form, 1);
                    case VPEXTRW -> extractElement(form, 2);
                    case VPEXTRD -> extractElement(form, 4);
                    case VPEXTRQ -> extractElement(form, 8);
                    case VPGATHERDD -> GatherSteps.gather(form, 4);
                    default -> null;
                });
    }

    static Optional<Action> of(Avx512Instruction instruction, VectorForm form) {
        return Optional.ofNullable(
                switch (instruction) {
                    case VMOVDQA32 -> aligned(form, 4);
                    case VMOVDQA64 -> aligned(form, 8);
                    case VMOVDQU8 -> form.lanes(1, MoveSteps::copy);
                    case VMOVDQU16 -> form.lanes(2, MoveSteps::copy);
                    case VMOVDQU32 -> form.lanes(4, MoveSteps::copy);
                    case VMOVDQU64 -> form.lanes(8, MoveSteps::copy);
                    case VBLENDMPS, VPBLENDMD -> blend(form, 4);
                    case VBLENDMPD, VPBLENDMQ -> blend(form, 8);
                    case VPBLENDMB -> blend(form, 1);
                    case VPBLENDMW -> blend(form, 2);
                    case VPCOMPRESSB -> GatherSteps.compress(form, 1);
                    case VPCOMPRESSW -> GatherSteps.compress(form, 2);
                    case VPCOMPRESSD, VCOMPRESSPS -> GatherSteps.compress(form, 4);
                    case VPCOMPRESSQ, VCOMPRESSPD -> GatherSteps.compress(form, 8);
                    case VPEXPANDB -> GatherSteps.expand(form, 1);
                    case VPEXPANDW -> GatherSteps.expand(form, 2);
                    case VPEXPANDD, VEXPANDPS -> GatherSteps.expand(form, 4);
                    case VPEXPANDQ, VEXPANDPD -> GatherSteps.expand(form, 8);
                    case VSCATTERDPS, VPSCATTERDD -> GatherSteps.scatter(form, 4);
                    default -> null;
                });
    }

    static void copy(byte[] result, byte[] target, byte[] first, byte[] last, int bytes) {
        System.arraycopy(last, 0, result, 0, bytes);
    }

    /// Moves that raise an exception where memory is not aligned to the vector.
    private static Action aligned(VectorForm form, int size) {
        var move = form.lanes(size, MoveSteps::copy);
        if (!form.hasMemory()) {
            return move;
        }
        var address = form.address(form.operand(0) instanceof Mem ? 0 : 1);
        return m -> {
            if (address.of(m) % form.length != 0) {
                throw new AssertionError("%#x is not aligned to %d bytes".formatted(address.of(m), form.length));
            }
            move.run(m);
        };
    }

    private static Action lowest(VectorForm form, int size) {
        if (form.count() == 3) {
            return form.scalar(size, MoveSteps::copy);
        }
        if (form.operand(0) instanceof Mem) {
            return form.lanes(size, 1, MoveSteps::copy);
        }
        return form.lanes(size, 1, MoveSteps::copy);
    }

    /// Between general registers or memory and the lowest element.
    private static Action general(VectorForm form, int size) {
        if (!(form.operand(0) instanceof Vec)) {
            int from = form.register(1);
            var to = form.place(0);
            return m -> to.set(m, Lane.unsigned(m.vectors[from], size, 0));
        }
        int to = form.register(0);
        if (form.operand(1) instanceof Vec from) {
            return m -> {
                System.arraycopy(m.vectors[from.number()], 0, m.spare, 0, size);
                m.commit(to, 0, false, size, 1, size);
            };
        }
        var from = form.place(1);
        return m -> {
            Lane.set(m.spare, size, 0, from.get(m));
            m.commit(to, 0, false, size, 1, size);
        };
    }

    private static Action broadcast(VectorForm form, int size) {
        if (!(form.operand(1) instanceof Gpr)) {
            return form.whole(size, (result, _, _, last, bytes) -> {
                for (int i = 0; i < bytes / size; i++) {
                    Lane.set(result, size, i, Lane.unsigned(last, size, 0));
                }
            });
        }
        int to = form.register(0);
        var from = form.place(1);
        int lanes = form.length / size;
        return m -> {
            for (int i = 0; i < lanes; i++) {
                Lane.set(m.spare, size, i, from.get(m));
            }
            m.commit(to, form.mask, form.zeroing, size, lanes, form.length);
        };
    }

    /// Lanes of the last source where the mask is set, else those of the first, or zero.
    private static Action blend(VectorForm form, int size) {
        int to = form.register(0);
        int first = form.register(1);
        int lanes = form.length / size;
        var last = form.lanes(size, MoveSteps::copy);
        return m -> {
            var other = form.mask != 0 && !form.zeroing ? m.vectors[first].clone() : m.vectors[first];
            last.run(m);
            if (form.mask != 0 && !form.zeroing) {
                long chosen = m.masks[form.mask];
                for (int i = 0; i < lanes; i++) {
                    if ((chosen >>> i & 1) == 0) {
                        Lane.set(m.vectors[to], size, i, Lane.unsigned(other, size, i));
                    }
                }
            }
        };
    }

    /// Lanes of the second source where the sign of a fourth register's lane is set.
    private static Action select(VectorForm form, int size) {
        int to = form.register(0);
        int first = form.register(1);
        int choice = form.register(3);
        int lanes = form.length / size;
        var place = form.operand(2) instanceof Vec ? null : form.address(2);
        int second = form.operand(2) instanceof Vec vec ? vec.number() : 0;
        return m -> {
            if (place != null) {
                m.read(place.of(m), m.loaded, form.length);
            }
            var source = place == null ? m.vectors[second] : m.loaded;
            for (int i = 0; i < lanes; i++) {
                var from = Lane.signed(m.vectors[choice], size, i) < 0 ? source : m.vectors[first];
                Lane.set(m.spare, size, i, Lane.unsigned(from, size, i));
            }
            m.commit(to, 0, false, size, lanes, form.length);
        };
    }

    /// Loads and stores of the lanes whose sign is set in a register.
    private static Action masked(VectorForm form, int size) {
        int lanes = form.length / size;
        int choice = form.register(1);
        if (form.operand(0) instanceof Mem) {
            var to = form.address(0);
            int from = form.register(2);
            return m -> {
                long address = to.of(m);
                for (int i = 0; i < lanes; i++) {
                    if (Lane.signed(m.vectors[choice], size, i) < 0) {
                        m.write(address + (long) i * size, size, Lane.unsigned(m.vectors[from], size, i));
                    }
                }
            };
        }
        int to = form.register(0);
        var from = form.address(2);
        return m -> {
            long address = from.of(m);
            for (int i = 0; i < lanes; i++) {
                boolean chosen = Lane.signed(m.vectors[choice], size, i) < 0;
                Lane.set(m.spare, size, i, chosen ? m.read(address + (long) i * size, size) : 0);
            }
            m.commit(to, 0, false, size, lanes, form.length);
        };
    }

    private static Action signs(VectorForm form, int size) {
        var to = form.place(0);
        int from = form.register(1);
        return m -> {
            long signs = 0;
            for (int i = 0; i < form.length / size; i++) {
                signs |= (Lane.signed(m.vectors[from], size, i) < 0 ? 1L : 0L) << i;
            }
            to.set(m, signs);
        };
    }

    private static long testSigns(byte[] first, byte[] last, int bytes) {
        boolean zero = true;
        boolean carry = true;
        for (int i = 0; i < bytes / 4; i++) {
            zero &= (Lane.getInt(first, i) & Lane.getInt(last, i)) >= 0;
            carry &= (~Lane.getInt(first, i) & Lane.getInt(last, i)) >= 0;
        }
        return (zero ? 1 : 0) | (carry ? 2 : 0);
    }

    private static Action insertElement(VectorForm form, int size) {
        int to = form.register(0);
        int first = form.register(1);
        var from = form.place(2);
        int lane = form.immediate & XMM / size - 1;
        return m -> {
            System.arraycopy(m.vectors[first], 0, m.spare, 0, XMM);
            Lane.set(m.spare, size, lane, from.get(m));
            m.commit(to, 0, false, size, 1, XMM);
        };
    }

    private static Action extractElement(VectorForm form, int size) {
        var to = form.place(0);
        int from = form.register(1);
        int lane = form.immediate & XMM / size - 1;
        return m -> to.set(m, Lane.unsigned(m.vectors[from], size, lane));
    }

    private static Action insertFloat(VectorForm form) {
        int to = form.register(0);
        int first = form.register(1);
        int imm = form.immediate;
        var memory = form.operand(2) instanceof Mem ? form.place(2) : null;
        int last = memory == null ? form.register(2) : 0;
        return m -> {
            long value = memory == null ? Lane.getInt(m.vectors[last], imm >> 6 & 3) : memory.get(m);
            System.arraycopy(m.vectors[first], 0, m.spare, 0, XMM);
            Lane.setInt(m.spare, imm >> 4 & 3, (int) value);
            for (int i = 0; i < 4; i++) {
                if ((imm >> i & 1) != 0) {
                    Lane.setInt(m.spare, i, 0);
                }
            }
            m.commit(to, 0, false, 4, 1, XMM);
        };
    }

    private static void setControl(Machine m, int value) {
        // Exceptions that have occurred are no matter.
        if ((value & ~0x3F) != Machine.DEFAULT_MXCSR) {
            throw new AssertionError("the control register %#x is not emulated".formatted(value));
        }
        m.mxcsr = value;
    }
}
