package dev.balsa.asm.emulator;

import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Rounding;
import dev.balsa.asm.emulator.Step.Action;
import java.util.Optional;

/// Arithmetic of floats. Approximations (VRCPPS, VRSQRTPS) are as exact as a float can be: the
/// manual bounds their errors only, and processors differ.
final class FloatSteps {
    static final int BY_CONTROL = 4;

    private FloatSteps() {}

    static Optional<Action> of(AvxInstruction instruction, VectorForm form) {
        return Optional.ofNullable(
                switch (instruction) {
                    case VADDPS, VADDPD, VADDSS, VADDSD -> arithmetic(instruction, form, Arithmetic.ADD);
                    case VMULPS, VMULPD, VMULSS, VMULSD -> arithmetic(instruction, form, Arithmetic.MULTIPLY);
                    case VSUBPS, VSUBPD, VSUBSS, VSUBSD -> arithmetic(instruction, form, Arithmetic.SUBTRACT);
                    case VDIVPS, VDIVPD, VDIVSS, VDIVSD -> arithmetic(instruction, form, Arithmetic.DIVIDE);
                    case VMINPS, VMINPD, VMINSS, VMINSD -> arithmetic(instruction, form, Arithmetic.MIN);
                    case VMAXPS, VMAXPD, VMAXSS, VMAXSD -> arithmetic(instruction, form, Arithmetic.MAX);
                    case VSQRTPS, VSQRTPD, VSQRTSS, VSQRTSD -> arithmetic(instruction, form, Arithmetic.ROOT);
                    case VANDPS -> form.lanes(4, Kernels.bits((a, b) -> a & b));
                    case VANDPD -> form.lanes(8, Kernels.bits((a, b) -> a & b));
                    case VANDNPS -> form.lanes(4, Kernels.bits((a, b) -> ~a & b));
                    case VANDNPD -> form.lanes(8, Kernels.bits((a, b) -> ~a & b));
                    case VORPS -> form.lanes(4, Kernels.bits((a, b) -> a | b));
                    case VORPD -> form.lanes(8, Kernels.bits((a, b) -> a | b));
                    case VXORPS -> form.lanes(4, Kernels.bits((a, b) -> a ^ b));
                    case VXORPD -> form.lanes(8, Kernels.bits((a, b) -> a ^ b));
                    case VRSQRTPS -> form.lanes(4, Kernels.floats(x -> (float) (1 / Math.sqrt(x))));
                    case VRCPPS -> form.lanes(4, Kernels.floats(x -> 1 / x));
                    case VHADDPS -> form.lanes(4, FloatSteps::sumsOfPairs);
                    case VCMPPS -> form.comparison(4, Kernels.compareFloats(form.immediate, false));
                    case VCMPPD -> form.comparison(8, Kernels.compareFloats(form.immediate, true));
                    case VUCOMISS -> form.test(FloatSteps::order);
                    case VROUNDPS -> form.lanes(4, Kernels.floats(x -> (float) round(x, form.immediate)));
                    case VROUNDPD -> form.lanes(8, Kernels.doubles(x -> round(x, form.immediate)));
                    case VROUNDSS -> form.scalar(4, Kernels.floats(x -> (float) round(x, form.immediate)));
                    default -> null;
                });
    }

    private static Action arithmetic(AvxInstruction instruction, VectorForm form, Arithmetic operation) {
        var name = instruction.name();
        boolean doubles = name.endsWith("D");
        int size = doubles ? Double.BYTES : Float.BYTES;
        var kernel = doubles ? operation.doubles(form.rounding) : operation.floats(form.rounding);
        return name.charAt(name.length() - 2) == 'P' ? form.lanes(size, kernel) : form.scalar(size, kernel);
    }

    private static void sumsOfPairs(byte[] result, byte[] target, byte[] first, byte[] last, int bytes) {
        for (int i = 0; i < bytes / Float.BYTES; i++) {
            var from = i % 4 < 2 ? first : last;
            int at = i / 4 * 4 + i % 2 * 2;
            float sum = Arithmetic.ADD.apply(Lane.getFloat(from, at), Lane.getFloat(from, at + 1), Rounding.DEFAULT);
            Lane.setInt(result, i, Float.floatToRawIntBits(sum));
        }
    }

    /// The flags of VUCOMISS: zero in bit 0, carry in bit 1, parity in bit 2.
    private static long order(byte[] first, byte[] last, int bytes) {
        float a = Lane.getFloat(first, 0);
        float b = Lane.getFloat(last, 0);
        return a > b ? 0 : a < b ? 2 : a == b ? 1 : 7;
    }

    /// Rounded to an integer, as the immediate says.
    static double round(double x, int how) {
        return switch ((how & BY_CONTROL) != 0 ? 0 : how & 3) {
            case 0 -> Math.rint(x);
            case 1 -> Math.floor(x);
            case 2 -> Math.ceil(x);
            default -> x < 0 ? Math.ceil(x) : Math.floor(x);
        };
    }
}
