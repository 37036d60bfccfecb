package dev.balsa.asm.emulator;

import dev.balsa.asm.Decoded;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Mask;
import dev.balsa.asm.MaskInstruction;
import dev.balsa.asm.Operand;
import dev.balsa.asm.Vec;
import dev.balsa.asm.emulator.Step.Action;
import java.util.List;
import java.util.function.LongBinaryOperator;

/// What instructions on opmask registers do.
final class MaskSteps {
    private MaskSteps() {}

    static Action action(MaskInstruction instruction, Decoded decoded, long code) {
        var operands = decoded.operands();
        int bits = switch (instruction.name().charAt(instruction.name().length() - 1)) {
            case 'B' -> 8;
            case 'W' -> 16;
            case 'D' -> 32;
            default -> 64;
        };
        return switch (instruction) {
            case KMOVB, KMOVW, KMOVD, KMOVQ -> move(operands, bits, code);
            case KANDB, KANDW, KANDD, KANDQ -> binary(operands, bits, (a, b) -> a & b);
            case KANDNB, KANDNW, KANDND, KANDNQ -> binary(operands, bits, (a, b) -> ~a & b);
            case KORB, KORW, KORD, KORQ -> binary(operands, bits, (a, b) -> a | b);
            case KXNORB, KXNORW, KXNORD, KXNORQ -> binary(operands, bits, (a, b) -> ~(a ^ b));
            case KXORB, KXORW, KXORD, KXORQ -> binary(operands, bits, (a, b) -> a ^ b);
            case KADDB, KADDW, KADDD, KADDQ -> binary(operands, bits, Long::sum);
            case KNOTB, KNOTW, KNOTD, KNOTQ -> {
                int to = number(operands.get(0));
                int from = number(operands.get(1));
                yield m -> m.masks[to] = Place.low(~m.masks[from], bits);
            }
            case KORTESTB, KORTESTW, KORTESTD, KORTESTQ -> {
                int a = number(operands.get(0));
                int b = number(operands.get(1));
                yield m -> {
                    long either = Place.low(m.masks[a] | m.masks[b], bits);
                    clear(m);
                    m.zero = either == 0;
                    m.carry = either == Place.low(-1, bits);
                };
            }
            case KTESTB, KTESTW, KTESTD, KTESTQ -> {
                int a = number(operands.get(0));
                int b = number(operands.get(1));
                yield m -> {
                    clear(m);
                    m.zero = Place.low(m.masks[a] & m.masks[b], bits) == 0;
                    m.carry = Place.low(~m.masks[a] & m.masks[b], bits) == 0;
                };
            }
            case KSHIFTLB, KSHIFTLW, KSHIFTLD, KSHIFTLQ -> shift(operands, bits, true);
            case KSHIFTRB, KSHIFTRW, KSHIFTRD, KSHIFTRQ -> shift(operands, bits, false);
            case KUNPCKBW -> binary(operands, 16, (a, b) -> a << 8 | b & 0xFF);
            case KUNPCKWD -> binary(operands, 32, (a, b) -> a << 16 | b & 0xFFFF);
            case KUNPCKDQ -> binary(operands, 64, (a, b) -> a << 32 | b & 0xFFFF_FFFFL);
            case VPMOVM2B -> toVector(operands, 1);
            case VPMOVM2W -> toVector(operands, 2);
            case VPMOVM2D -> toVector(operands, 4);
            case VPMOVM2Q -> toVector(operands, 8);
            case VPMOVB2M -> fromVector(operands, 1);
            case VPMOVW2M -> fromVector(operands, 2);
            case VPMOVD2M -> fromVector(operands, 4);
            case VPMOVQ2M -> fromVector(operands, 8);
        };
    }

    private static int number(Operand operand) {
        return ((Mask) operand).number();
    }

    private static void clear(Machine m) {
        m.overflow = false;
        m.sign = false;
        m.parity = false;
    }

    private static Action move(List<Operand> operands, int bits, long code) {
        if (operands.get(0) instanceof Mask to) {
            int number = to.number();
            if (operands.get(1) instanceof Mask from) {
                return m -> m.masks[number] = Place.low(m.masks[from.number()], bits);
            }
            var from = Place.of(operands.get(1), code);
            return m -> m.masks[number] = Place.low(from.get(m), bits);
        }
        var to = Place.of(operands.get(0), code);
        int from = number(operands.get(1));
        return m -> to.set(m, Place.low(m.masks[from], bits));
    }

    private static Action binary(List<Operand> operands, int bits, LongBinaryOperator operator) {
        int to = number(operands.get(0));
        int a = number(operands.get(1));
        int b = number(operands.get(2));
        return m -> m.masks[to] = Place.low(operator.applyAsLong(m.masks[a], m.masks[b]), bits);
    }

    private static Action shift(List<Operand> operands, int bits, boolean left) {
        int to = number(operands.get(0));
        int from = number(operands.get(1));
        int count = (int) ((Imm) operands.get(2)).value() & 0xFF;
        return m -> {
            long x = Place.low(m.masks[from], bits);
            m.masks[to] = count >= bits ? 0 : Place.low(left ? x << count : x >>> count, bits);
        };
    }

    private static Action toVector(List<Operand> operands, int size) {
        var to = (Vec) operands.get(0);
        int bytes = to.bits() / Byte.SIZE;
        int from = number(operands.get(1));
        return m -> {
            for (int lane = 0; lane < bytes / size; lane++) {
                Lane.set(m.spare, size, lane, -(m.masks[from] >>> lane & 1));
            }
            m.commit(to.number(), 0, false, size, bytes / size, bytes);
        };
    }

    private static Action fromVector(List<Operand> operands, int size) {
        int to = number(operands.get(0));
        var from = (Vec) operands.get(1);
        int lanes = from.bits() / Byte.SIZE / size;
        return m -> {
            long mask = 0;
            for (int lane = 0; lane < lanes; lane++) {
                mask |= (Lane.signed(m.vectors[from.number()], size, lane) < 0 ? 1L : 0L) << lane;
            }
            m.masks[to] = mask;
        };
    }
}
