package dev.balsa.kernel.elementwise;

import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Avx512Instruction;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.VectorUnit;

/// Writes the code that makes 8-bit integers of rdx floats, at least 1, with one scale and zero point; rdi points
/// to the [Argument]s.
///
/// @param unit the unit
/// @param signed whether integers are signed
record QuantizeCode(VectorUnit unit, boolean signed) {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// The scale's bits.
        SCALE(2),
        /// 32 bits with sign.
        ZERO_POINT(3);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        /// Bytes of all.
        static long bytes() {
            return (long) values().length * Long.BYTES;
        }
    }

    private static final int SCALE = 1;
    private static final int ZERO_POINT = 2;
    private static final int LOWEST = 3;
    private static final int HIGHEST = 4;
    private static final int SPARE = 5;

    /// Names the routine; equal names are equal code.
    String name() {
        return unit.isa().label() + "_quantize_f32" + (signed ? "i8" : "u8");
    }

    /// The routine's code.
    byte[] write() {
        return Routine.of(0, assembler -> write(new Lanes(assembler, unit)));
    }

    /// r8, r9 = source and target.
    private void write(Lanes lanes) {
        var a = lanes.assembler();
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        lanes.broadcast(unit.register(SCALE), Mem.at(Gpr.RDI, Argument.SCALE.at()));
        lanes.broadcast(unit.register(ZERO_POINT), Mem.at(Gpr.RDI, Argument.ZERO_POINT.at()));
        // The least and the greatest result, less the zero point.
        var zero = unit.register(SPARE);
        float lowest = signed ? Byte.MIN_VALUE : 0;
        a.emit(AvxInstruction.VCVTDQ2PS, zero, unit.register(ZERO_POINT));
        lanes.load(unit.register(LOWEST), lanes.all(lowest));
        lanes.load(unit.register(HIGHEST), lanes.all(lowest + 255));
        lanes.subtract(unit.register(LOWEST), unit.register(LOWEST), zero);
        lanes.subtract(unit.register(HIGHEST), unit.register(HIGHEST), zero);
        ConversionLoop.write(lanes, () -> vector(lanes), () -> single(lanes));
    }

    private void vector(Lanes lanes) {
        lanes.load(unit.register(0), Mem.at(Gpr.R8, Gpr.RCX, Float.BYTES, 0));
        quantize(lanes, 0);
        store(lanes.assembler());
    }

    private void single(Lanes lanes) {
        var a = lanes.assembler();
        a.emit(AvxInstruction.VMOVSS, Vec.xmm(0), Mem.at(Gpr.R8, Gpr.RCX, Float.BYTES, 0));
        quantize(lanes, 0);
        a.emit(AvxInstruction.VMOVD, Gpr.RAX.low32(), Vec.xmm(0));
        a.emit(MOV, Mem.at(Gpr.R9, Gpr.RCX, 1, 0), Gpr.RAX.low8());
    }

    /// Register x = its integers. A NaN becomes 0 before the zero point is added.
    private void quantize(Lanes lanes, int x) {
        var a = lanes.assembler();
        var value = unit.register(x);
        lanes.divide(value, value, unit.register(SCALE));
        var spare = unit.register(SPARE);
        lanes.zero(spare);
        lanes.select(value, value, Lanes.Comparison.UNORDERED, value, spare, value, unit.register(SPARE + 1));
        lanes.max(value, value, unit.register(LOWEST));
        lanes.min(value, value, unit.register(HIGHEST));
        a.emit(AvxInstruction.VCVTPS2DQ, value, value);
        lanes.addIntegers(value, value, unit.register(ZERO_POINT));
    }

    private void store(Assembler a) {
        var value = unit.register(0);
        var place = Mem.at(Gpr.R9, Gpr.RCX, 1, 0);
        if (unit.hasMasks()) {
            a.emit(Avx512Instruction.VPMOVDB, place, value);
            return;
        }
        var low = value.as(128);
        var high = Vec.xmm(SPARE);
        a.emit(IntegerVectorInstruction.VEXTRACTI128, high, value, Imm.of(1));
        a.emit(IntegerVectorInstruction.VPACKSSDW, low, low, high);
        a.emit(signed ? IntegerVectorInstruction.VPACKSSWB : IntegerVectorInstruction.VPACKUSWB, low, low, low);
        a.emit(AvxInstruction.VMOVQ, place, low);
    }
}
