package dev.balsa.kernel.elementwise;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Across;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.VectorUnit;

/// Writes the code that makes of rdx ranges, at least 1, as [RangeCode] leaves them side by side, the
/// scale and zero point of unsigned bytes that span them all: ONNX DynamicQuantizeLinear, opset 11. The
/// address of the ranges is at rdi; scale and zero point are left where [QuantizeCode] is told them.
///
/// @param unit the unit
record RangeScaleCode(VectorUnit unit) {
    /// Where the ranges' address stands.
    static final QuantizeCode.Argument RANGES = QuantizeCode.Argument.SOURCE;

    private static final float LEVELS = 255f;

    private static final int LEAST = 0;
    private static final int GREATEST = 1;
    private static final int NOT_A_NUMBER = 2;
    private static final int SCALE = 3;
    private static final int ZERO = 4;
    private static final int SPARE = 5;

    /// Names the routine; equal names are equal code.
    String name() {
        return unit.isa().label() + "_range_scale_u8";
    }

    /// The routine's code.
    byte[] write() {
        return Routine.of(0, assembler -> write(new Lanes(assembler, unit)));
    }

    /// r8 = the ranges.
    private void write(Lanes lanes) {
        var a = lanes.assembler();
        var least = unit.register(LEAST);
        var greatest = unit.register(GREATEST);
        var strange = unit.register(NOT_A_NUMBER);
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, RANGES.at()));
        lanes.zero(least);
        lanes.zero(greatest);
        lanes.zero(strange);
        var range = new Label("range");
        a.bind(range);
        lanes.min(least, least, Mem.at(Gpr.R8, 0));
        lanes.max(greatest, greatest, Mem.at(Gpr.R8, unit.bytes()));
        lanes.add(strange, strange, Mem.at(Gpr.R8, 2 * unit.bytes()));
        a.emit(ADD, Gpr.R8, Imm.of(RangeCode.resultBytes(unit)));
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, range);
        var across = new Across(lanes, unit.register(SPARE));
        across.floats(least, lanes::min);
        across.floats(greatest, lanes::max);
        across.floats(strange, lanes::add);
        lanes.add(least, least, strange);
        lanes.add(greatest, greatest, strange);
        scale(lanes, least, greatest);
    }

    private void scale(Lanes lanes, Vec least, Vec greatest) {
        var a = lanes.assembler();
        var scale = unit.register(SCALE);
        var zero = unit.register(ZERO);
        var spare = unit.register(SPARE);
        lanes.subtract(scale, greatest, least);
        lanes.divide(scale, scale, lanes.all(LEVELS));
        lanes.load(spare, lanes.all(1));
        lanes.select(scale, least, Lanes.Comparison.EQUAL, greatest, spare, scale, unit.register(SPARE + 1));
        lanes.zero(spare);
        lanes.subtract(zero, spare, least);
        lanes.divide(zero, zero, scale);
        // What is no number becomes 0.
        lanes.max(zero, zero, spare);
        lanes.min(zero, zero, lanes.all(LEVELS));
        a.emit(AvxInstruction.VCVTPS2DQ, zero, zero);
        a.emit(
                AvxInstruction.VMOVSS,
                Mem.at(Gpr.RDI, QuantizeCode.Argument.SCALE.at()),
                scale.as(Vec.xmm(0).bits()));
        a.emit(
                AvxInstruction.VMOVSS,
                Mem.at(Gpr.RDI, QuantizeCode.Argument.ZERO_POINT.at()),
                zero.as(Vec.xmm(0).bits()));
    }
}
