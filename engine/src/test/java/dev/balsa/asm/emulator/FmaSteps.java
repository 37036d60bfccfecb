package dev.balsa.asm.emulator;

import dev.balsa.asm.Decoded;
import dev.balsa.asm.FmaInstruction;
import dev.balsa.asm.Rounding;
import dev.balsa.asm.emulator.Step.Action;
import java.util.regex.Pattern;

/// What fused multiply-adds do (Intel SDM, volume 2, *VFMADD132PS* and others). Names tell all: which operands are
/// multiplied, whether product and addend are negated, and the type.
final class FmaSteps {
    private static final Pattern NAME = Pattern.compile("VF(N?)M(ADD|SUB)(132|213|231)(PS|PD|SS|SD)");

    private FmaSteps() {}

    static Action action(FmaInstruction instruction, Decoded decoded, long code) {
        var name = NAME.matcher(instruction.name());
        var form = new VectorForm(decoded, code);
        if (!name.matches()) {
            return Steps.unknown(instruction);
        }
        boolean negates = !name.group(1).isEmpty();
        boolean subtracts = name.group(2).equals("SUB");
        var order = name.group(3);
        boolean floats = name.group(4).endsWith("S");
        var kernel = floats
                ? floats(order, negates, subtracts, form.rounding)
                : doubles(order, negates, subtracts, form.rounding);
        int size = floats ? Float.BYTES : Double.BYTES;
        return name.group(4).startsWith("P") ? form.lanes(size, kernel) : form.scalarOfTarget(size, kernel);
    }

    private static Kernel floats(String order, boolean negates, boolean subtracts, Rounding rounding) {
        if (order.equals("231") && !negates && !subtracts && Directed.isNearest(rounding)) {
            return FmaSteps::accumulate;
        }
        return (result, target, first, last, bytes) -> {
            for (int i = 0; i < bytes / Float.BYTES; i++) {
                float d = Lane.getFloat(target, i);
                float a = Lane.getFloat(first, i);
                float b = Lane.getFloat(last, i);
                float x = order.equals("132") ? d : a;
                float y = order.equals("213") ? d : b;
                float z = order.equals("132") ? a : order.equals("213") ? b : d;
                float r = Math.fma(negates ? -x : x, y, subtracts ? -z : z);
                if (Float.isNaN(r)) {
                    r = Floats.ofNaN(x, y, z);
                } else if (!Directed.isNearest(rounding)) {
                    r = Directed.fma(r, negates ? -x : x, y, subtracts ? -z : z, rounding);
                }
                Lane.setInt(result, i, Float.floatToRawIntBits(r));
            }
        };
    }

    /// The most frequent one.
    private static void accumulate(byte[] result, byte[] target, byte[] first, byte[] last, int bytes) {
        for (int i = 0; i < bytes / Float.BYTES; i++) {
            float d = Lane.getFloat(target, i);
            float a = Lane.getFloat(first, i);
            float b = Lane.getFloat(last, i);
            float r = Math.fma(a, b, d);
            if (r != r) {
                r = Floats.ofNaN(a, b, d);
            }
            Lane.setInt(result, i, Float.floatToRawIntBits(r));
        }
    }

    private static Kernel doubles(String order, boolean negates, boolean subtracts, Rounding rounding) {
        return (result, target, first, last, bytes) -> {
            for (int i = 0; i < bytes / Double.BYTES; i++) {
                double d = Lane.getDouble(target, i);
                double a = Lane.getDouble(first, i);
                double b = Lane.getDouble(last, i);
                double x = order.equals("132") ? d : a;
                double y = order.equals("213") ? d : b;
                double z = order.equals("132") ? a : order.equals("213") ? b : d;
                double r = Math.fma(negates ? -x : x, y, subtracts ? -z : z);
                if (Double.isNaN(r)) {
                    r = Floats.ofNaN(x, y, z);
                } else if (!Directed.isNearest(rounding)) {
                    r = Directed.fma(r, negates ? -x : x, y, subtracts ? -z : z, rounding);
                }
                Lane.setLong(result, i, Double.doubleToRawLongBits(r));
            }
        };
    }
}
