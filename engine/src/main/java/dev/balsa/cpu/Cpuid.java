package dev.balsa.cpu;

import static dev.balsa.asm.GeneralInstruction.CPUID;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.POP;
import static dev.balsa.asm.GeneralInstruction.PUSH;
import static dev.balsa.asm.GeneralInstruction.RET;
import static dev.balsa.asm.GeneralInstruction.SYSCALL;
import static dev.balsa.asm.GeneralInstruction.XGETBV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.MachineCode;
import dev.balsa.asm.Mem;
import dev.balsa.cpu.CpuFeature.Register;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Asks the processor, by code made for it. For one thread, and short use.
final class Cpuid implements AutoCloseable {
    private static final int EXTENDED = 0x8000_0000;
    private static final int NAME = 0x8000_0002;
    private static final int OSXSAVE = 27;
    private static final int AMX_STATE = 18;
    private static final int TOPOLOGY = 0xB;
    private static final int TOPOLOGY_V2 = 0x1F;
    /// `arch_prctl(ARCH_REQ_XCOMP_PERM, …)` (Linux, Documentation/arch/x86/xstate.rst).
    private static final int ARCH_PRCTL = 158;

    private static final int REQUEST_PERMISSION = 0x1023;

    /// What the processor answers to a leaf and a subleaf.
    record Answer(int eax, int ebx, int ecx, int edx) {}

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment answer = arena.allocate(ValueLayout.JAVA_LONG, Register.values().length);
    private final MachineCode code;
    private final int xgetbvAt;
    private final int permissionAt;

    Cpuid() {
        var assembler = new Assembler();
        ask(assembler);
        xgetbvAt = assembler.size();
        readState(assembler);
        permissionAt = assembler.size();
        request(assembler);
        code = MachineCode.of(assembler.finish());
    }

    /// Leaf in rsi, subleaf in rdx; the answer goes to rdi.
    private static void ask(Assembler assembler) {
        assembler.emit(PUSH, Gpr.RBX);
        assembler.emit(MOV, Gpr.RAX.low32(), Gpr.RSI.low32());
        assembler.emit(MOV, Gpr.RCX.low32(), Gpr.RDX.low32());
        assembler.emit(CPUID);
        assembler.emit(MOV, Mem.at(Gpr.RDI, 0), Gpr.RAX);
        assembler.emit(MOV, Mem.at(Gpr.RDI, 8), Gpr.RBX);
        assembler.emit(MOV, Mem.at(Gpr.RDI, 16), Gpr.RCX);
        assembler.emit(MOV, Mem.at(Gpr.RDI, 24), Gpr.RDX);
        assembler.emit(POP, Gpr.RBX);
        assembler.emit(RET);
    }

    private static void readState(Assembler assembler) {
        assembler.emit(MOV, Gpr.RCX.low32(), Imm.of(0));
        assembler.emit(XGETBV);
        assembler.emit(MOV, Mem.at(Gpr.RDI, 0), Gpr.RAX);
        assembler.emit(RET);
    }

    private static void request(Assembler assembler) {
        assembler.emit(MOV, Gpr.R8, Gpr.RDI);
        assembler.emit(MOV, Gpr.RAX.low32(), Imm.of(ARCH_PRCTL));
        assembler.emit(MOV, Gpr.RDI.low32(), Imm.of(REQUEST_PERMISSION));
        assembler.emit(MOV, Gpr.RSI.low32(), Imm.of(AMX_STATE));
        assembler.emit(SYSCALL);
        assembler.emit(MOV, Mem.at(Gpr.R8, 0), Gpr.RAX);
        assembler.emit(RET);
    }

    private int ask(int leaf, int subleaf, Register register) {
        code.call(0, answer, leaf, subleaf);
        return register(register);
    }

    private int register(Register register) {
        return (int) answer.getAtIndex(ValueLayout.JAVA_LONG, register.place());
    }

    /// The answer to a leaf that [exists][#exists].
    Answer ask(int leaf, int subleaf) {
        code.call(0, answer, leaf, subleaf);
        return new Answer(
                register(Register.EAX), register(Register.EBX), register(Register.ECX), register(Register.EDX));
    }

    /// Whether the processor answers to a leaf.
    boolean exists(int leaf) {
        return Integer.compareUnsigned(leaf, ask(leaf & EXTENDED, 0, Register.EAX)) <= 0;
    }

    /// Whether a bit of an answer is set; no leaf beyond the last has any.
    boolean has(int leaf, int subleaf, Register register, int bit) {
        boolean exists =
                exists(leaf) && (subleaf == 0 || Integer.compareUnsigned(subleaf, ask(leaf, 0, Register.EAX)) <= 0);
        return exists && (ask(leaf, subleaf, register) >>> bit & 1) != 0;
    }

    /// The number of logical processors per core, 1 if the processor does not tell (Intel SDM, volume 2, *CPUID*,
    /// leaves 0Bh and 1Fh).
    int threadsPerCore() {
        int leaf = exists(TOPOLOGY_V2) && ask(TOPOLOGY_V2, 0, Register.EBX) != 0 ? TOPOLOGY_V2 : TOPOLOGY;
        return exists(leaf) ? threadsPerCore(ask(leaf, 0)) : 1;
    }

    /// The number of logical processors per core after the answer to the first level of the topology.
    static int threadsPerCore(Answer level) {
        boolean isOfThreads = (level.ecx() >>> 8 & 0xFF) == 1;
        return isOfThreads ? Math.max(1, level.ebx() & 0xFFFF) : 1;
    }

    /// What the system saves of a thread's registers.
    long xcr0() {
        if (!has(1, 0, Register.ECX, OSXSAVE)) {
            return 0;
        }
        code.call(xgetbvAt, answer, 0, 0);
        return answer.getAtIndex(ValueLayout.JAVA_LONG, 0) & 0xFFFF_FFFFL;
    }

    /// Asks Linux to let this process use tiles; false if it refuses, or does not know them.
    boolean requestTiles() {
        code.call(permissionAt, answer, 0, 0);
        return answer.getAtIndex(ValueLayout.JAVA_LONG, 0) == 0;
    }

    /// The processor's name.
    String name() {
        if (Integer.compareUnsigned(ask(EXTENDED, 0, Register.EAX), NAME + 2) < 0) {
            return "unnamed x86-64 processor";
        }
        var text = new StringBuilder();
        for (int leaf = NAME; leaf <= NAME + 2; leaf++) {
            code.call(0, answer, leaf, 0);
            for (int i = 0; i < Register.values().length; i++) {
                text.append(new String(
                        answer.asSlice(8L * i, 4).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII));
            }
        }
        return text.toString().replace("\0", "").strip();
    }

    @Override
    public void close() {
        code.close();
        arena.close();
    }
}
