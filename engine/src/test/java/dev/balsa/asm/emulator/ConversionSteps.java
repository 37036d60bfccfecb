package dev.balsa.asm.emulator;

import dev.balsa.asm.Avx512Instruction;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Rounding;
import dev.balsa.asm.Vec;
import dev.balsa.asm.emulator.Step.Action;
import java.util.Optional;

/// Conversions between types and widths of elements.
final class ConversionSteps {
    private static final int BY_CONTROL = 4;

    private ConversionSteps() {}

    static Optional<Action> of(AvxInstruction instruction, VectorForm form) {
        var rounding = form.rounding;
        return Optional.ofNullable(
                switch (instruction) {
                    case VCVTDQ2PS ->
                        each(
                                form,
                                4,
                                4,
                                (from, i) ->
                                        Float.floatToRawIntBits(Directed.ofInteger(Lane.getInt(from, i), rounding)));
                    case VCVTPS2DQ -> each(form, 4, 4, (from, i) -> toInt(rounded(Lane.getFloat(from, i), rounding)));
                    case VCVTTPS2DQ ->
                        each(form, 4, 4, (from, i) -> toInt(rounded(Lane.getFloat(from, i), Rounding.TO_ZERO)));
                    case VCVTDQ2PD -> each(form, 8, 4, (from, i) -> Double.doubleToRawLongBits(Lane.getInt(from, i)));
                    case VCVTPS2PD -> each(form, 8, 4, (from, i) -> widened(Lane.getInt(from, i)));
                    case VCVTPD2PS -> each(form, 4, 8, (from, i) -> narrowed(Lane.getLong(from, i), rounding));
                    case VCVTPH2PS -> each(form, 4, 2, (from, i) -> ofHalf(Lane.getShort(from, i)));
                    case VCVTPS2PH -> {
                        int how = form.immediate;
                        yield each(form, 2, 4, (from, i) -> toHalf(Lane.getInt(from, i), how));
                    }
                    case VCVTSI2SS -> ofInteger(form);
                    case VCVTTSS2SI -> toInteger(form);
                    default -> null;
                });
    }

    static Optional<Action> of(Avx512Instruction instruction, VectorForm form) {
        return Optional.ofNullable(
                switch (instruction) {
                    case VCVTNEPS2BF16 -> each(form, 2, 4, (from, i) -> Bfloat16.narrow(Lane.getInt(from, i)));
                    case VCVTNE2PS2BF16 -> form.whole(2, ConversionSteps::narrowTwo);
                    case VPMOVDB -> each(form, 1, 4, Lane::getInt);
                    case VPMOVSDB -> each(form, 1, 4, (from, i) -> Math.clamp(Lane.getInt(from, i), -128, 127));
                    case VPMOVUSDB -> each(form, 1, 4, (from, i) -> Math.min(Lane.unsigned(from, 4, i), 0xFF));
                    case VPMOVDW -> each(form, 2, 4, Lane::getInt);
                    case VPMOVSDW -> each(form, 2, 4, (from, i) -> Math.clamp(Lane.getInt(from, i), -32768, 32767));
                    case VPMOVUSDW -> each(form, 2, 4, (from, i) -> Math.min(Lane.unsigned(from, 4, i), 0xFFFF));
                    case VPMOVWB -> each(form, 1, 2, Lane::getShort);
                    case VPMOVSWB -> each(form, 1, 2, (from, i) -> Math.clamp((int) Lane.getShort(from, i), -128, 127));
                    case VPMOVUSWB -> each(form, 1, 2, (from, i) -> Math.min(Lane.unsigned(from, 2, i), 0xFF));
                    case VPMOVQD -> each(form, 4, 8, Lane::getLong);
                    default -> null;
                });
    }

    static Optional<Action> of(IntegerVectorInstruction instruction, VectorForm form) {
        return Optional.ofNullable(
                switch (instruction) {
                    case VPMOVSXBW -> each(form, 2, 1, (from, i) -> from[i]);
                    case VPMOVSXBD -> each(form, 4, 1, (from, i) -> from[i]);
                    case VPMOVSXBQ -> each(form, 8, 1, (from, i) -> from[i]);
                    case VPMOVSXWD -> each(form, 4, 2, Lane::getShort);
                    case VPMOVSXWQ -> each(form, 8, 2, Lane::getShort);
                    case VPMOVSXDQ -> each(form, 8, 4, Lane::getInt);
                    case VPMOVZXBW -> each(form, 2, 1, (from, i) -> from[i] & 0xFF);
                    case VPMOVZXBD -> each(form, 4, 1, (from, i) -> from[i] & 0xFF);
                    case VPMOVZXBQ -> each(form, 8, 1, (from, i) -> from[i] & 0xFF);
                    case VPMOVZXWD -> each(form, 4, 2, (from, i) -> Lane.unsigned(from, 2, i));
                    case VPMOVZXWQ -> each(form, 8, 2, (from, i) -> Lane.unsigned(from, 2, i));
                    case VPMOVZXDQ -> each(form, 8, 4, (from, i) -> Lane.unsigned(from, 4, i));
                    default -> null;
                });
    }

    /// What becomes of an element.
    @FunctionalInterface
    private interface Conversion {
        /// The bits of the result.
        long apply(byte[] from, int lane);
    }

    /// Elements of `from` bytes become ones of `to` bytes, as many as fit where they are wider.
    private static Action each(VectorForm form, int to, int from, Conversion conversion) {
        int lanes = form.length / Math.max(from, to);
        return form.lanes(to, lanes, (result, _, _, last, _) -> {
            for (int i = 0; i < lanes; i++) {
                Lane.set(result, to, i, conversion.apply(last, i));
            }
        });
    }

    private static double rounded(double x, Rounding rounding) {
        return switch (rounding) {
            case DOWN -> Math.floor(x);
            case UP -> Math.ceil(x);
            case TO_ZERO -> x < 0 ? Math.ceil(x) : Math.floor(x);
            default -> Math.rint(x);
        };
    }

    /// What does not fit, and NaN, is the least integer.
    private static int toInt(double x) {
        return x >= Integer.MIN_VALUE && x <= Integer.MAX_VALUE ? (int) x : Integer.MIN_VALUE;
    }

    private static long widened(int bits) {
        float x = Float.intBitsToFloat(bits);
        return Float.isNaN(x)
                ? Double.doubleToRawLongBits(Floats.ofNaN(Double.longBitsToDouble(
                        (long) (bits & Integer.MIN_VALUE) << 32 | 0x7FF0_0000_0000_0000L | (bits & 0x7F_FFFFL) << 29)))
                : Double.doubleToRawLongBits(x);
    }

    private static int narrowed(long bits, Rounding rounding) {
        double x = Double.longBitsToDouble(bits);
        return Double.isNaN(x)
                ? (int) (bits >>> 32) & Integer.MIN_VALUE | 0x7FC0_0000 | (int) (bits >>> 29) & 0x3F_FFFF
                : Float.floatToRawIntBits(Directed.narrowed(x, rounding));
    }

    private static int ofHalf(short bits) {
        boolean nan = (bits & 0x7C00) == 0x7C00 && (bits & 0x3FF) != 0;
        return nan
                ? (bits & 0x8000) << 16 | 0x7FC0_0000 | (bits & 0x3FF) << 13
                : Float.floatToRawIntBits(Float.float16ToFloat(bits));
    }

    private static int toHalf(int bits, int how) {
        float x = Float.intBitsToFloat(bits);
        if (Float.isNaN(x)) {
            return bits >>> 16 & 0x8000 | 0x7E00 | bits >>> 13 & 0x1FF;
        }
        short nearest = Float.floatToFloat16(x);
        int side = Float.compare(x, Float.float16ToFloat(nearest));
        int away = x < 0 || Float.floatToRawIntBits(x) < 0 ? -1 : 1;
        int move = switch ((how & BY_CONTROL) != 0 ? 0 : how & 3) {
            case 0 -> 0;
            case 1 -> side < 0 ? -1 : 0;
            case 2 -> side > 0 ? 1 : 0;
            default -> side != 0 && side != away ? side : 0;
        };
        // Numbers of the same sign are in the order of their bits.
        return nearest + move * away;
    }

    private static void narrowTwo(byte[] result, byte[] target, byte[] first, byte[] last, int bytes) {
        int half = bytes / Float.BYTES;
        for (int i = 0; i < half; i++) {
            Lane.setShort(result, i, Bfloat16.narrow(Lane.getInt(last, i)));
            Lane.setShort(result, half + i, Bfloat16.narrow(Lane.getInt(first, i)));
        }
    }

    private static Action ofInteger(VectorForm form) {
        int to = form.register(0);
        int first = form.register(1);
        var from = form.place(2);
        int bits = Place.bits(form.operand(2));
        return m -> {
            System.arraycopy(m.vectors[first], 0, m.spare, 0, 16);
            float value = Place.signed(from.get(m), bits);
            Lane.setInt(m.spare, 0, Float.floatToRawIntBits(value));
            m.commit(to, 0, false, 4, 1, 16);
        };
    }

    private static Action toInteger(VectorForm form) {
        var to = form.place(0);
        boolean wide = Place.bits(form.operand(0)) == Long.SIZE;
        int number = form.operand(1) instanceof Vec vec ? vec.number() : -1;
        var from = number < 0 ? form.place(1) : null;
        return m -> {
            int bits = from == null ? Lane.getInt(m.vectors[number], 0) : (int) from.get(m);
            double x = rounded(Float.intBitsToFloat(bits), Rounding.TO_ZERO);
            boolean fits = x >= Long.MIN_VALUE && x < 0x1p63;
            to.set(m, wide ? fits ? (long) x : Long.MIN_VALUE : toInt(x));
        };
    }
}
