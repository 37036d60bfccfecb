package dev.balsa.asm.emulator;

import dev.balsa.asm.Avx512Instruction;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.emulator.Step.Action;
import java.util.Optional;

/// Sums of products of neighbouring elements.
final class DotSteps {
    private DotSteps() {}

    static Optional<Action> of(IntegerVectorInstruction instruction, VectorForm form) {
        return Optional.ofNullable(
                switch (instruction) {
                    case VPDPBUSD, VPDPBUSD_VEX -> form.lanes(4, bytes(false));
                    case VPDPBUSDS, VPDPBUSDS_VEX -> form.lanes(4, bytes(true));
                    case VPDPWSSD, VPDPWSSD_VEX -> form.lanes(4, words(false));
                    case VPDPWSSDS, VPDPWSSDS_VEX -> form.lanes(4, words(true));
                    case VPMADDWD -> form.lanes(4, DotSteps::pairsOfWords);
                    case VPMADDUBSW -> form.lanes(2, DotSteps::pairsOfBytes);
                    case VPSADBW -> form.whole(8, DotSteps::distances);
                    default -> null;
                });
    }

    static Optional<Action> of(Avx512Instruction instruction, VectorForm form) {
        return instruction == Avx512Instruction.VDPBF16PS
                ? Optional.of(form.lanes(4, DotSteps::pairsOfHalves))
                : Optional.empty();
    }

    private static int sum(long sum, boolean saturates) {
        return saturates ? Math.clamp(sum, Integer.MIN_VALUE, Integer.MAX_VALUE) : (int) sum;
    }

    /// Unsigned bytes of the first source with signed ones of the last.
    private static Kernel bytes(boolean saturates) {
        return (result, target, first, last, bytes) -> {
            for (int i = 0; i < bytes; i += 4) {
                long sum = Lane.getInt(target, i / 4);
                for (int j = i; j < i + 4; j++) {
                    sum += (first[j] & 0xFF) * last[j];
                }
                Lane.setInt(result, i / 4, sum(sum, saturates));
            }
        };
    }

    private static Kernel words(boolean saturates) {
        return (result, target, first, last, bytes) -> {
            for (int i = 0; i < bytes / 4; i++) {
                long sum = Lane.getInt(target, i) + product(first, last, 2 * i) + product(first, last, 2 * i + 1);
                Lane.setInt(result, i, sum(sum, saturates));
            }
        };
    }

    private static long product(byte[] a, byte[] b, int lane) {
        return (long) Lane.getShort(a, lane) * Lane.getShort(b, lane);
    }

    private static void pairsOfWords(byte[] result, byte[] target, byte[] first, byte[] last, int bytes) {
        for (int i = 0; i < bytes / 4; i++) {
            Lane.setInt(result, i, (int) (product(first, last, 2 * i) + product(first, last, 2 * i + 1)));
        }
    }

    private static void pairsOfBytes(byte[] result, byte[] target, byte[] first, byte[] last, int bytes) {
        for (int i = 0; i < bytes; i += 2) {
            int sum = (first[i] & 0xFF) * last[i] + (first[i + 1] & 0xFF) * last[i + 1];
            Lane.setShort(result, i / 2, Math.clamp(sum, Short.MIN_VALUE, Short.MAX_VALUE));
        }
    }

    private static void distances(byte[] result, byte[] target, byte[] first, byte[] last, int bytes) {
        for (int i = 0; i < bytes; i += Long.BYTES) {
            long sum = 0;
            for (int j = i; j < i + Long.BYTES; j++) {
                sum += Math.abs((first[j] & 0xFF) - (last[j] & 0xFF));
            }
            Lane.setLong(result, i / Long.BYTES, sum);
        }
    }

    /// The product of the odd elements is added first (Intel SDM, volume 2, *VDPBF16PS*).
    private static void pairsOfHalves(byte[] result, byte[] target, byte[] first, byte[] last, int bytes) {
        for (int i = 0; i < bytes / 4; i++) {
            float sum = Lane.getFloat(target, i);
            for (int j = 2 * i + 1; j >= 2 * i; j--) {
                float a = Bfloat16.widen(Lane.getShort(first, j));
                float b = Bfloat16.widen(Lane.getShort(last, j));
                sum = Bfloat16.accumulate(sum, a, b);
            }
            Lane.setInt(result, i, Float.floatToRawIntBits(sum));
        }
    }
}
