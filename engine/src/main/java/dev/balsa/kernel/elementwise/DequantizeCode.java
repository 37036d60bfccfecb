package dev.balsa.kernel.elementwise;

import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.MOVSX;
import static dev.balsa.asm.GeneralInstruction.MOVZX;

import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.tensor.DataType;

/// Writes the code that makes floats of rdx integers, at least 1, with one scale and zero point; rdi points to the
/// [Argument]s.
///
/// @param unit the unit
/// @param type int8, uint8 or int32
record DequantizeCode(VectorUnit unit, DataType type) {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// The scale's bits.
        SCALE(2),
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

    /// Names the routine; equal names are equal code.
    String name() {
        return unit.isa().label() + "_dequantize_" + type + "f32";
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
        ConversionLoop.write(lanes, () -> vector(lanes), () -> single(lanes));
    }

    private void vector(Lanes lanes) {
        load(lanes);
        dequantize(lanes);
        lanes.store(Mem.at(Gpr.R9, Gpr.RCX, Float.BYTES, 0), unit.register(0));
    }

    private void single(Lanes lanes) {
        var a = lanes.assembler();
        loadSingle(lanes);
        a.emit(AvxInstruction.VMOVD, Vec.xmm(0), Gpr.RAX.low32());
        dequantize(lanes);
        a.emit(AvxInstruction.VMOVSS, Mem.at(Gpr.R9, Gpr.RCX, Float.BYTES, 0), Vec.xmm(0));
    }

    private Mem source() {
        return Mem.at(Gpr.R8, Gpr.RCX, type.elementBytes(), 0);
    }

    private void load(Lanes lanes) {
        var x = unit.register(0);
        switch (type) {
            case INT32 -> lanes.load(x, source());
            case INT8 -> lanes.assembler().emit(IntegerVectorInstruction.VPMOVSXBD, x, source());
            default -> lanes.assembler().emit(IntegerVectorInstruction.VPMOVZXBD, x, source());
        }
    }

    private void loadSingle(Lanes lanes) {
        var x = Gpr.RAX.low32();
        switch (type) {
            case INT32 -> lanes.assembler().emit(MOV, x, source());
            case INT8 -> lanes.assembler().emit(MOVSX, x, source().sized(Byte.SIZE));
            default -> lanes.assembler().emit(MOVZX, x, source().sized(Byte.SIZE));
        }
    }

    private void dequantize(Lanes lanes) {
        var x = unit.register(0);
        lanes.subtractIntegers(x, x, unit.register(ZERO_POINT));
        lanes.assembler().emit(AvxInstruction.VCVTDQ2PS, x, x);
        lanes.multiply(x, x, unit.register(SCALE));
    }
}
