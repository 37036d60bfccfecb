package dev.balsa.asm.emulator;

import dev.balsa.asm.Avx512Instruction;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Imm;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.emulator.Step.Action;
import java.util.Optional;

/// Elements that change places.
final class ShuffleSteps {
    /// Bytes of the parts within which most shuffles stay.
    private static final int PART = 16;

    private ShuffleSteps() {}

    static Optional<Action> of(AvxInstruction instruction, VectorForm form) {
        int imm = form.immediate;
        return Optional.ofNullable(
                switch (instruction) {
                    case VUNPCKLPS -> unpack(form, 4, 0);
                    case VUNPCKLPD -> unpack(form, 8, 0);
                    case VUNPCKHPS -> unpack(form, 4, 1);
                    case VUNPCKHPD -> unpack(form, 8, 1);
                    case VMOVSHDUP -> form.whole(4, choose(4, (_, i) -> i | 1));
                    case VMOVSLDUP -> form.whole(4, choose(4, (_, i) -> i & -2));
                    case VMOVDDUP -> form.whole(8, choose(8, (_, i) -> i & -2));
                    case VBROADCASTSS -> form.whole(4, choose(4, (_, _) -> 0));
                    case VBROADCASTSD -> form.whole(8, choose(8, (_, _) -> 0));
                    case VBROADCASTF128 -> form.whole(8, repeat(16));
                    case VPERMPS -> permuteByFirst(form, 4);
                    case VPERMPD ->
                        form.count() == 3 && form.operand(2) instanceof Imm
                                ? form.whole(8, choose(8, (_, i) -> i & -4 | imm >> 2 * (i & 3) & 3))
                                : permuteByFirst(form, 8);
                    case VPERMILPS ->
                        form.operand(form.count() - 1) instanceof Imm
                                ? form.whole(4, choose(4, (_, i) -> i & -4 | imm >> 2 * (i & 3) & 3))
                                : form.whole(4, ShuffleSteps::permuteInParts);
                    case VSHUFPS ->
                        form.whole(4, (result, _, first, last, bytes) -> {
                            for (int i = 0; i < bytes / 4; i++) {
                                int from = i & -4 | imm >> 2 * (i & 3) & 3;
                                Lane.setInt(result, i, Lane.getInt((i & 2) == 0 ? first : last, from));
                            }
                        });
                    case VSHUFPD ->
                        form.whole(8, (result, _, first, last, bytes) -> {
                            for (int i = 0; i < bytes / 8; i++) {
                                int from = i & -2 | imm >> i & 1;
                                Lane.setLong(result, i, Lane.getLong((i & 1) == 0 ? first : last, from));
                            }
                        });
                    case VBLENDPS -> form.lanes(4, blend(4, imm));
                    case VINSERTF128 -> insert(form, 16, 4);
                    case VEXTRACTF128 -> extract(form, 16, 4);
                    case VPERM2F128 -> permuteHalves(form);
                    case VMOVHLPS ->
                        form.whole(8, (result, _, first, last, _) -> {
                            Lane.setLong(result, 0, Lane.getLong(last, 1));
                            Lane.setLong(result, 1, Lane.getLong(first, 1));
                        });
                    case VMOVLHPS ->
                        form.whole(8, (result, _, first, last, _) -> {
                            long low = Lane.getLong(last, 0);
                            Lane.setLong(result, 0, Lane.getLong(first, 0));
                            Lane.setLong(result, 1, low);
                        });
                    default -> null;
                });
    }

    static Optional<Action> of(IntegerVectorInstruction instruction, VectorForm form) {
        int imm = form.immediate;
        return Optional.ofNullable(
                switch (instruction) {
                    case VPUNPCKLBW -> unpack(form, 1, 0);
                    case VPUNPCKLWD -> unpack(form, 2, 0);
                    case VPUNPCKLDQ -> unpack(form, 4, 0);
                    case VPUNPCKLQDQ -> unpack(form, 8, 0);
                    case VPUNPCKHBW -> unpack(form, 1, 1);
                    case VPUNPCKHWD -> unpack(form, 2, 1);
                    case VPUNPCKHDQ -> unpack(form, 4, 1);
                    case VPUNPCKHQDQ -> unpack(form, 8, 1);
                    case VPACKSSWB -> pack(form, 1, -128, 127);
                    case VPACKUSWB -> pack(form, 1, 0, 255);
                    case VPACKSSDW -> pack(form, 2, -32768, 32767);
                    case VPACKUSDW -> pack(form, 2, 0, 65535);
                    case VPSHUFB ->
                        form.whole(1, (result, _, first, last, bytes) -> {
                            for (int i = 0; i < bytes; i++) {
                                result[i] = last[i] < 0 ? 0 : first[i & -PART | last[i] & 15];
                            }
                        });
                    case VPSHUFD -> form.whole(4, choose(4, (_, i) -> i & -4 | imm >> 2 * (i & 3) & 3));
                    case VPSHUFLW ->
                        form.whole(2, choose(2, (_, i) -> (i & 4) != 0 ? i : i & -8 | imm >> 2 * (i & 3) & 3));
                    case VPSHUFHW ->
                        form.whole(2, choose(2, (_, i) -> (i & 4) == 0 ? i : i & -8 | 4 | imm >> 2 * (i & 3) & 3));
                    case VPALIGNR ->
                        form.whole(1, (result, _, first, last, bytes) -> {
                            for (int i = 0; i < bytes; i++) {
                                int from = (i & 15) + (imm & 0xFF);
                                int part = i & -PART;
                                result[i] = from < 16 ? last[part + from] : from < 32 ? first[part + from - 16] : 0;
                            }
                        });
                    case VPSLLDQ -> form.whole(1, shiftBytes(-(imm & 0xFF)));
                    case VPSRLDQ -> form.whole(1, shiftBytes(imm & 0xFF));
                    case VPBLENDD -> form.lanes(4, blend(4, imm));
                    case VPBLENDW -> form.lanes(2, blend(2, imm & 0xFF | imm << 8));
                    case VBROADCASTI128 -> form.whole(8, repeat(16));
                    case VINSERTI128 -> insert(form, 16, 4);
                    case VEXTRACTI128 -> extract(form, 16, 4);
                    case VPERM2I128 -> permuteHalves(form);
                    case VPERMD -> permuteByFirst(form, 4);
                    case VPERMQ ->
                        form.operand(2) instanceof Imm
                                ? form.whole(8, choose(8, (_, i) -> i & -4 | imm >> 2 * (i & 3) & 3))
                                : permuteByFirst(form, 8);
                    default -> null;
                });
    }

    static Optional<Action> of(Avx512Instruction instruction, VectorForm form) {
        int imm = form.immediate;
        return Optional.ofNullable(
                switch (instruction) {
                    case VBROADCASTF32X4, VBROADCASTI32X4 -> form.whole(4, repeat(16));
                    case VBROADCASTF64X2 -> form.whole(8, repeat(16));
                    case VBROADCASTF32X8 -> form.whole(4, repeat(32));
                    case VBROADCASTF64X4, VBROADCASTI64X4 -> form.whole(8, repeat(32));
                    case VINSERTF32X4, VINSERTI32X4 -> insert(form, 16, 4);
                    case VINSERTF64X4, VINSERTI64X4 -> insert(form, 32, 8);
                    case VINSERTF32X8 -> insert(form, 32, 4);
                    case VEXTRACTF32X4, VEXTRACTI32X4 -> extract(form, 16, 4);
                    case VEXTRACTF64X4, VEXTRACTI64X4 -> extract(form, 32, 8);
                    case VEXTRACTF32X8 -> extract(form, 32, 4);
                    case VSHUFF32X4, VSHUFI32X4 -> shuffleParts(form, 4);
                    case VSHUFF64X2, VSHUFI64X2 -> shuffleParts(form, 8);
                    case VALIGND -> align(form, 4);
                    case VALIGNQ -> align(form, 8);
                    case VPERMB -> permuteByFirst(form, 1);
                    case VPERMW -> permuteByFirst(form, 2);
                    case VPERMT2B -> permuteTwo(form, 1, false);
                    case VPERMT2W -> permuteTwo(form, 2, false);
                    case VPERMT2D, VPERMT2PS -> permuteTwo(form, 4, false);
                    case VPERMT2Q -> permuteTwo(form, 8, false);
                    case VPERMI2B -> permuteTwo(form, 1, true);
                    case VPERMI2W -> permuteTwo(form, 2, true);
                    case VPERMI2D, VPERMI2PS -> permuteTwo(form, 4, true);
                    case VPMULTISHIFTQB ->
                        form.whole(1, (result, _, first, last, bytes) -> {
                            for (int i = 0; i < bytes; i++) {
                                result[i] = (byte) Long.rotateRight(Lane.getLong(last, i / 8), first[i]);
                            }
                        });
                    default -> null;
                });
    }

    /// Where an element comes from.
    @FunctionalInterface
    private interface Choice {
        /// The lane of the source.
        int of(int lanes, int lane);
    }

    private static Kernel choose(int size, Choice choice) {
        return (result, _, _, last, bytes) -> {
            int lanes = bytes / size;
            for (int i = 0; i < lanes; i++) {
                Lane.set(result, size, i, Lane.unsigned(last, size, choice.of(lanes, i)));
            }
        };
    }

    private static Kernel repeat(int part) {
        return (result, _, _, last, bytes) -> {
            for (int i = 0; i < bytes; i++) {
                result[i] = last[i % part];
            }
        };
    }

    private static Action unpack(VectorForm form, int size, int half) {
        int perPart = PART / size;
        return form.whole(size, (result, _, first, last, bytes) -> {
            for (int i = 0; i < bytes / size; i++) {
                int from = i / perPart * perPart + half * perPart / 2 + i % perPart / 2;
                Lane.set(result, size, i, Lane.unsigned(i % 2 == 0 ? first : last, size, from));
            }
        });
    }

    /// Elements become ones of half the size, `size`, or the nearest bound.
    private static Action pack(VectorForm form, int size, int least, int most) {
        int perPart = PART / size;
        return form.whole(size, (result, _, first, last, bytes) -> {
            for (int i = 0; i < bytes / size; i++) {
                var source = i % perPart < perPart / 2 ? first : last;
                int from = i / perPart * perPart / 2 + i % (perPart / 2);
                Lane.set(result, size, i, Math.clamp(Lane.signed(source, 2 * size, from), least, most));
            }
        });
    }

    private static Kernel blend(int size, int choice) {
        return (result, _, first, last, bytes) -> {
            for (int i = 0; i < bytes / size; i++) {
                Lane.set(result, size, i, Lane.unsigned((choice >> i & 1) != 0 ? last : first, size, i));
            }
        };
    }

    /// Each lane of the last source whose number stands in the first.
    private static Action permuteByFirst(VectorForm form, int size) {
        return form.whole(size, (result, _, first, last, bytes) -> {
            int lanes = bytes / size;
            for (int i = 0; i < lanes; i++) {
                int from = (int) Lane.unsigned(first, size, i) & lanes - 1;
                Lane.set(result, size, i, Lane.unsigned(last, size, from));
            }
        });
    }

    private static void permuteInParts(byte[] result, byte[] target, byte[] first, byte[] last, int bytes) {
        for (int i = 0; i < bytes / 4; i++) {
            Lane.setInt(result, i, Lane.getInt(first, i & -4 | Lane.getInt(last, i) & 3));
        }
    }

    /// Lanes of two tables, one after the other.
    private static Action permuteTwo(VectorForm form, int size, boolean indicesInTarget) {
        return form.whole(size, (result, target, first, last, bytes) -> {
            int lanes = bytes / size;
            var indices = indicesInTarget ? target : first;
            var table = indicesInTarget ? first : target;
            for (int i = 0; i < lanes; i++) {
                int from = (int) Lane.unsigned(indices, size, i);
                Lane.set(result, size, i, Lane.unsigned((from & lanes) == 0 ? table : last, size, from & lanes - 1));
            }
        });
    }

    private static Action insert(VectorForm form, int part, int size) {
        int at = (form.immediate & form.length / part - 1) * part;
        return form.whole(size, (result, _, first, last, bytes) -> {
            for (int i = 0; i < bytes; i++) {
                result[i] = i >= at && i < at + part ? last[i - at] : first[i];
            }
        });
    }

    private static Action extract(VectorForm form, int part, int size) {
        int at = (form.immediate & form.length / part - 1) * part;
        return form.whole(size, (result, _, _, last, _) -> System.arraycopy(last, at, result, 0, part));
    }

    private static Action permuteHalves(VectorForm form) {
        int imm = form.immediate;
        return form.whole(8, (result, _, first, last, _) -> {
            for (int half = 0; half < 2; half++) {
                int choice = imm >> 4 * half;
                for (int i = 0; i < PART; i++) {
                    result[half * PART + i] =
                            (choice & 8) != 0 ? 0 : ((choice & 2) == 0 ? first : last)[(choice & 1) * PART + i];
                }
            }
        });
    }

    private static Action shuffleParts(VectorForm form, int size) {
        int imm = form.immediate;
        return form.whole(size, (result, _, first, last, bytes) -> {
            int parts = bytes / PART;
            int bits = parts == 4 ? 2 : 1;
            for (int part = 0; part < parts; part++) {
                int from = imm >> bits * part & parts - 1;
                System.arraycopy(part < parts / 2 ? first : last, from * PART, result, part * PART, PART);
            }
        });
    }

    private static Action align(VectorForm form, int size) {
        return form.whole(size, (result, _, first, last, bytes) -> {
            int lanes = bytes / size;
            int shift = form.immediate & lanes - 1;
            for (int i = 0; i < lanes; i++) {
                int from = i + shift;
                Lane.set(result, size, i, Lane.unsigned(from < lanes ? last : first, size, from & lanes - 1));
            }
        });
    }

    private static Kernel shiftBytes(int distance) {
        return (result, _, _, last, bytes) -> {
            for (int i = 0; i < bytes; i++) {
                int from = (i & 15) + distance;
                result[i] = from >= 0 && from < PART ? last[(i & -PART) + from] : 0;
            }
        };
    }
}
