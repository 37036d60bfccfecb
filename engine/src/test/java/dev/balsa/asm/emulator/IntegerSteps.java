package dev.balsa.asm.emulator;

import dev.balsa.asm.Avx512Instruction;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.asm.emulator.Step.Action;
import java.util.Optional;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/// Arithmetic and comparisons of integers, lane by lane.
final class IntegerSteps {
    private IntegerSteps() {}

    static Optional<Action> of(IntegerVectorInstruction instruction, VectorForm form) {
        return Optional.ofNullable(
                switch (instruction) {
                    case VPADDB -> signed(form, 1, Long::sum);
                    case VPADDW -> signed(form, 2, Long::sum);
                    case VPADDD -> signed(form, 4, Long::sum);
                    case VPADDQ -> signed(form, 8, Long::sum);
                    case VPSUBB -> signed(form, 1, (a, b) -> a - b);
                    case VPSUBW -> signed(form, 2, (a, b) -> a - b);
                    case VPSUBD -> signed(form, 4, (a, b) -> a - b);
                    case VPSUBQ -> signed(form, 8, (a, b) -> a - b);
                    case VPMULLW -> signed(form, 2, (a, b) -> a * b);
                    case VPMULLD -> signed(form, 4, (a, b) -> a * b);
                    case VPMULHW -> signed(form, 2, (a, b) -> a * b >> 16);
                    case VPMULHUW -> unsigned(form, 2, (a, b) -> a * b >> 16);
                    case VPMULHRSW -> signed(form, 2, (a, b) -> (a * b >> 14) + 1 >> 1);
                    case VPMULUDQ -> signed(form, 8, (a, b) -> (a & 0xFFFF_FFFFL) * (b & 0xFFFF_FFFFL));
                    case VPMULDQ -> signed(form, 8, (a, b) -> (long) (int) a * (int) b);
                    case VPADDSB -> signed(form, 1, (a, b) -> Math.clamp(a + b, -128, 127));
                    case VPADDSW -> signed(form, 2, (a, b) -> Math.clamp(a + b, -32768, 32767));
                    case VPADDUSB -> unsigned(form, 1, (a, b) -> Math.min(a + b, 255));
                    case VPADDUSW -> unsigned(form, 2, (a, b) -> Math.min(a + b, 65535));
                    case VPSUBSB -> signed(form, 1, (a, b) -> Math.clamp(a - b, -128, 127));
                    case VPSUBSW -> signed(form, 2, (a, b) -> Math.clamp(a - b, -32768, 32767));
                    case VPSUBUSB -> unsigned(form, 1, (a, b) -> Math.max(a - b, 0));
                    case VPSUBUSW -> unsigned(form, 2, (a, b) -> Math.max(a - b, 0));
                    case VPAVGB -> unsigned(form, 1, (a, b) -> a + b + 1 >> 1);
                    case VPAVGW -> unsigned(form, 2, (a, b) -> a + b + 1 >> 1);
                    case VPMINSB -> signed(form, 1, Math::min);
                    case VPMINSW -> signed(form, 2, Math::min);
                    case VPMINSD -> signed(form, 4, Math::min);
                    case VPMINUB -> unsigned(form, 1, Math::min);
                    case VPMINUW -> unsigned(form, 2, Math::min);
                    case VPMINUD -> unsigned(form, 4, Math::min);
                    case VPMAXSB -> signed(form, 1, Math::max);
                    case VPMAXSW -> signed(form, 2, Math::max);
                    case VPMAXSD -> signed(form, 4, Math::max);
                    case VPMAXUB -> unsigned(form, 1, Math::max);
                    case VPMAXUW -> unsigned(form, 2, Math::max);
                    case VPMAXUD -> unsigned(form, 4, Math::max);
                    case VPAND -> signed(form, 8, (a, b) -> a & b);
                    case VPANDN -> signed(form, 8, (a, b) -> ~a & b);
                    case VPOR -> signed(form, 8, (a, b) -> a | b);
                    case VPXOR -> signed(form, 8, (a, b) -> a ^ b);
                    case VPABSB -> of(form, 1, Math::abs);
                    case VPABSW -> of(form, 2, Math::abs);
                    case VPABSD -> of(form, 4, Math::abs);
                    case VPCMPEQB -> form.comparison(1, Kernels.compareSigned(1, (a, b) -> a == b));
                    case VPCMPEQW -> form.comparison(2, Kernels.compareSigned(2, (a, b) -> a == b));
                    case VPCMPEQD -> form.comparison(4, Kernels.compareSigned(4, (a, b) -> a == b));
                    case VPCMPEQQ -> form.comparison(8, Kernels.compareSigned(8, (a, b) -> a == b));
                    case VPCMPGTB -> form.comparison(1, Kernels.compareSigned(1, (a, b) -> a > b));
                    case VPCMPGTW -> form.comparison(2, Kernels.compareSigned(2, (a, b) -> a > b));
                    case VPCMPGTD -> form.comparison(4, Kernels.compareSigned(4, (a, b) -> a > b));
                    case VPCMPGTQ -> form.comparison(8, Kernels.compareSigned(8, (a, b) -> a > b));
                    case VPTEST -> form.test(IntegerSteps::test);
                    case VPSLLW, VPSLLD, VPSLLQ, VPSRLW, VPSRLD, VPSRLQ, VPSRAW, VPSRAD ->
                        shift(form, instruction.name());
                    case VPSLLVD -> shiftEach(form, 4, 'L', 'L');
                    case VPSLLVQ -> shiftEach(form, 8, 'L', 'L');
                    case VPSRLVD -> shiftEach(form, 4, 'R', 'L');
                    case VPSRLVQ -> shiftEach(form, 8, 'R', 'L');
                    case VPSRAVD -> shiftEach(form, 4, 'R', 'A');
                    default -> null;
                });
    }

    static Optional<Action> of(Avx512Instruction instruction, VectorForm form) {
        return Optional.ofNullable(
                switch (instruction) {
                    case VPANDD -> signed(form, 4, (a, b) -> a & b);
                    case VPANDQ -> signed(form, 8, (a, b) -> a & b);
                    case VPANDND -> signed(form, 4, (a, b) -> ~a & b);
                    case VPANDNQ -> signed(form, 8, (a, b) -> ~a & b);
                    case VPORD -> signed(form, 4, (a, b) -> a | b);
                    case VPORQ -> signed(form, 8, (a, b) -> a | b);
                    case VPXORD -> signed(form, 4, (a, b) -> a ^ b);
                    case VPXORQ -> signed(form, 8, (a, b) -> a ^ b);
                    case VPMULLQ -> signed(form, 8, (a, b) -> a * b);
                    case VPMINSQ -> signed(form, 8, Math::min);
                    case VPMAXSQ -> signed(form, 8, Math::max);
                    case VPABSQ -> of(form, 8, Math::abs);
                    case VPLZCNTD -> of(form, 4, a -> Integer.numberOfLeadingZeros((int) a));
                    case VPOPCNTB -> of(form, 1, a -> Long.bitCount(a & 0xFF));
                    case VPOPCNTD -> of(form, 4, a -> Integer.bitCount((int) a));
                    case VPSRAVQ -> shiftEach(form, 8, 'R', 'A');
                    case VPSLLVW -> shiftEach(form, 2, 'L', 'L');
                    case VPSRLVW -> shiftEach(form, 2, 'R', 'L');
                    case VPSRAVW -> shiftEach(form, 2, 'R', 'A');
                    case VPSRAQ -> shift(form, instruction.name());
                    case VPSHLDD -> form.lanes(4, Kernels.unsigned(4, (a, b) -> join(a, b, form.immediate) >> 32));
                    case VPSHRDD ->
                        form.lanes(4, Kernels.unsigned(4, (a, b) -> (b << 32 | a) >>> (form.immediate & 31)));
                    case VPSHLDVD -> joined(form, (a, b, c) -> join(a, b, (int) c) >> 32);
                    case VPSHRDVD -> joined(form, (a, b, c) -> (b << 32 | a) >>> (c & 31));
                    case VPTERNLOGD -> ternary(form, 4);
                    case VPTERNLOGQ -> ternary(form, 8);
                    case VPCMPB -> form.comparison(1, Kernels.compareSigned(1, relation(form.immediate)));
                    case VPCMPW -> form.comparison(2, Kernels.compareSigned(2, relation(form.immediate)));
                    case VPCMPD -> form.comparison(4, Kernels.compareSigned(4, relation(form.immediate)));
                    case VPCMPQ -> form.comparison(8, Kernels.compareSigned(8, relation(form.immediate)));
                    case VPCMPUB -> form.comparison(1, Kernels.compareUnsigned(1, relation(form.immediate)));
                    case VPCMPUW -> form.comparison(2, Kernels.compareUnsigned(2, relation(form.immediate)));
                    case VPCMPUD -> form.comparison(4, Kernels.compareUnsigned(4, relation(form.immediate)));
                    case VPTESTMB -> form.comparison(1, Kernels.compareSigned(1, (a, b) -> (a & b) != 0));
                    case VPTESTMD -> form.comparison(4, Kernels.compareSigned(4, (a, b) -> (a & b) != 0));
                    case VPTESTNMB -> form.comparison(1, Kernels.compareSigned(1, (a, b) -> (a & b) == 0));
                    case VPTESTNMD -> form.comparison(4, Kernels.compareSigned(4, (a, b) -> (a & b) == 0));
                    default -> null;
                });
    }

    private static Action signed(VectorForm form, int size, LongBinaryOperator operator) {
        return form.lanes(size, Kernels.signed(size, operator));
    }

    private static Action unsigned(VectorForm form, int size, LongBinaryOperator operator) {
        return form.lanes(size, Kernels.unsigned(size, operator));
    }

    private static Action of(VectorForm form, int size, LongUnaryOperator operator) {
        return form.lanes(size, Kernels.signed(size, (_, b) -> operator.applyAsLong(b)));
    }

    private static long join(long high, long low, int left) {
        return (high << 32 | low) << (left & 31);
    }

    /// A function of three elements.
    @FunctionalInterface
    private interface OfThree {
        /// The low bits of what comes out.
        long apply(long target, long first, long last);
    }

    /// Target and first source are one number of 64 bits, which is shifted by the last.
    private static Action joined(VectorForm form, OfThree shift) {
        return form.lanes(4, (result, target, first, last, bytes) -> {
            for (int i = 0; i < bytes / Integer.BYTES; i++) {
                long value =
                        shift.apply(Lane.unsigned(target, 4, i), Lane.unsigned(first, 4, i), Lane.unsigned(last, 4, i));
                Lane.set(result, 4, i, value);
            }
        });
    }

    private static long test(byte[] first, byte[] last, int bytes) {
        boolean zero = true;
        boolean carry = true;
        for (int i = 0; i < bytes; i++) {
            zero &= (first[i] & last[i]) == 0;
            carry &= (~first[i] & last[i]) == 0;
        }
        return (zero ? 1 : 0) | (carry ? 2 : 0);
    }

    private static Kernels.Relation relation(int predicate) {
        return switch (predicate & 7) {
            case 0 -> (a, b) -> a == b;
            case 1 -> (a, b) -> a < b;
            case 2 -> (a, b) -> a <= b;
            case 3 -> (_, _) -> false;
            case 4 -> (a, b) -> a != b;
            case 5 -> (a, b) -> a >= b;
            case 6 -> (a, b) -> a > b;
            default -> (_, _) -> true;
        };
    }

    /// All lanes by the same count: an immediate, or the lowest 64 bits of the last source.
    private static Action shift(VectorForm form, String name) {
        int size = name.endsWith("W") ? 2 : name.endsWith("D") ? 4 : 8;
        char direction = name.charAt(3);
        char kind = name.charAt(4);
        boolean immediate =
                !(form.operand(form.count() - 1) instanceof Vec) && !(form.operand(form.count() - 1) instanceof Mem);
        if (immediate) {
            long count = form.immediate & 0xFF;
            return form.lanes(size, Kernels.signed(size, (_, b) -> shift(b, count, size, direction, kind)));
        }
        return form.whole(size, (result, _, first, last, bytes) -> {
            long count = Lane.getLong(last, 0);
            for (int i = 0; i < bytes / size; i++) {
                Lane.set(result, size, i, shift(Lane.signed(first, size, i), count, size, direction, kind));
            }
        });
    }

    private static Action shiftEach(VectorForm form, int size, char direction, char kind) {
        return form.lanes(size, (result, _, first, last, bytes) -> {
            for (int i = 0; i < bytes / size; i++) {
                long count = Lane.unsigned(last, size, i);
                Lane.set(result, size, i, shift(Lane.signed(first, size, i), count, size, direction, kind));
            }
        });
    }

    /// @param count without sign
    private static long shift(long x, long count, int size, char direction, char kind) {
        int bits = size * Byte.SIZE;
        boolean beyond = Long.compareUnsigned(count, bits) >= 0;
        if (kind == 'A') {
            return x >> (beyond ? bits - 1 : count);
        }
        return beyond ? 0 : direction == 'L' ? x << count : Place.low(x, bits) >>> count;
    }

    private static Action ternary(VectorForm form, int size) {
        int table = form.immediate;
        return form.lanes(size, (result, target, first, last, bytes) -> {
            for (int i = 0; i < bytes / Long.BYTES; i++) {
                long a = Lane.getLong(target, i);
                long b = Lane.getLong(first, i);
                long c = Lane.getLong(last, i);
                long value = 0;
                for (int row = 0; row < Byte.SIZE; row++) {
                    if ((table >> row & 1) != 0) {
                        value |= ((row & 4) != 0 ? a : ~a) & ((row & 2) != 0 ? b : ~b) & ((row & 1) != 0 ? c : ~c);
                    }
                }
                Lane.setLong(result, i, value);
            }
        });
    }
}
