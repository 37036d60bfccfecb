package dev.balsa.kernel.code;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.BZHI;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.SHL;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Avx512Instruction;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Mask;
import dev.balsa.asm.MaskInstruction;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Storage;
import java.util.Arrays;

/// The first lanes of a row's last vector, as many as only the running routine knows. Nothing behind them is read
/// or written.
public final class RestLanes {
    private final Lanes lanes;
    private final VectorUnit unit;
    private final Assembler a;
    private final Vec register;
    private final Mask mask;

    /// Lanes that are told by a register, or a mask register where the unit has them; both are kept.
    public RestLanes(Lanes lanes, Vec register, Mask mask) {
        this.lanes = lanes;
        this.unit = lanes.unit();
        this.a = lanes.assembler();
        this.register = register;
        this.mask = mask;
    }

    /// Says how many there are, once per routine; overwrites rax and rcx.
    ///
    /// @param count 64 bits: at most the lanes of a vector
    public void choose(Mem count) {
        a.emit(MOV, Gpr.RCX, count);
        if (unit.hasMasks()) {
            a.emit(MOV, Gpr.RAX.low32(), Imm.of(-1));
            a.emit(BZHI, Gpr.RAX.low32(), Gpr.RAX.low32(), Gpr.RCX.low32());
            a.emit(MaskInstruction.KMOVW, mask, Gpr.RAX.low32());
            return;
        }
        // Ones, then zeros: from the right place on, as many ones as there are lanes.
        var window = new long[2 * unit.bytes() / Long.BYTES];
        Arrays.fill(window, 0, window.length / 2, -1);
        a.emit(LEA, Gpr.RAX, a.constant(window));
        a.emit(ADD, Gpr.RAX, Imm.of(unit.bytes()));
        a.emit(SHL, Gpr.RCX, Imm.of(2));
        a.emit(SUB, Gpr.RAX, Gpr.RCX);
        lanes.load(register, Mem.at(Gpr.RAX, 0));
    }

    /// d = the lanes at x, and zeros
    public void load(Vec d, Mem x) {
        if (unit.hasMasks()) {
            a.emit(AvxInstruction.VMOVUPS, d.zero(mask), x);
        } else {
            a.emit(AvxInstruction.VMASKMOVPS, d, register, x);
        }
    }

    /// d = the lanes at x, and zeros
    ///
    /// @param storage not [Storage#PARTS]; floats on units without masks
    public void load(Vec d, Mem x, Storage storage) {
        if (storage == Storage.FLOATS) {
            load(d, x);
        } else {
            lanes.load(d, d.zero(mask), x, storage);
        }
    }

    /// d = the lanes at x, and the other ones of `otherwise`, another register
    public void load(Vec d, Mem x, Vec otherwise) {
        if (unit.hasMasks()) {
            lanes.move(d, otherwise);
            a.emit(AvxInstruction.VMOVUPS, d.mask(mask), x);
        } else {
            load(d, x);
            a.emit(AvxInstruction.VBLENDVPS, d, otherwise, d, register);
        }
    }

    /// d = the lanes of x, and zeros
    public void keep(Vec d, Vec x) {
        if (unit.hasMasks()) {
            a.emit(AvxInstruction.VMOVAPS, d.zero(mask), x);
        } else {
            lanes.and(d, x, register);
        }
    }

    /// d = the lanes of x, and the other ones of `otherwise`; d is none of them
    public void blend(Vec d, Vec x, Vec otherwise) {
        if (unit.hasMasks()) {
            lanes.move(d, otherwise);
            a.emit(AvxInstruction.VMOVAPS, d.mask(mask), x);
        } else {
            a.emit(AvxInstruction.VBLENDVPS, d, otherwise, x, register);
        }
    }

    /// the lanes at d = those of x
    public void store(Mem d, Vec x) {
        if (unit.hasMasks()) {
            a.emit(AvxInstruction.VMOVUPS, d.mask(mask), x);
        } else {
            a.emit(AvxInstruction.VMASKMOVPS, d, register, x);
        }
    }

    /// the lanes at d = those of x
    ///
    /// @param storage not [Storage#PARTS]; floats on units without masks
    /// @param temporary overwritten; may be x
    public void store(Mem d, Vec x, Storage storage, Vec temporary) {
        if (storage == Storage.FLOATS) {
            store(d, x);
        } else {
            a.emit(Avx512Instruction.VMOVDQU16, d.mask(mask), lanes.rounded(x, temporary));
        }
    }
}
