package dev.balsa.kernel.replay;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.PAUSE;
import static dev.balsa.asm.GeneralInstruction.SFENCE;
import static dev.balsa.asm.GeneralInstruction.SUB;
import static dev.balsa.asm.GeneralInstruction.TEST;
import static dev.balsa.asm.GeneralInstruction.XCHG;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.code.Routine;

/// Writes the code with which a worker goes through phases, from rdi to rsi (exclusive), an entry each.
/// Where all are done, the word that rdx points to becomes [#DONE]; where a phase is not after many
/// looks, the code returns, and may be called again from the start: what is done is not done twice.
///
/// A unit is taken by exchanging its mark, which only one worker finds to be 0. Each worker counts the
/// units that it has done; a phase is done when all counts together are its units. Stores are seen in
/// their order (Intel SDM, volume 3, *Memory Ordering*), but for those past the caches, hence the fence
/// before the count.
///
/// A worker whose commands end early leaves the address of the phase's entry in its word instead, and
/// [#STOP] as its count of the phase: more than there are units, by which the others know that there is
/// nothing more to do.
final class SpanCode {
    static final String NAME = "avx2_replay_span";

    /// Words of an entry: the frame's addresses.
    static final int ADDRESSES = 0;
    /// Where all workers' counts are, 32 bits each.
    static final int COUNTERS = 1;
    /// Where the addresses are at which the commands of each unit begin, and those of the last one end.
    static final int STARTS = 2;

    static final int UNITS = 3;
    /// The unit that this worker tries to take first.
    static final int FIRST = 4;
    /// Where this worker's count is.
    static final int OWN = 5;
    /// Where the units' marks are, 32 bits each.
    static final int TAKEN = 6;

    static final int WORKERS = 7;
    /// Bytes of an entry.
    static final int ENTRY = 8 * Long.BYTES;

    /// What becomes of a worker's word where it has found all done.
    static final int DONE = 1;

    /// The count of a worker that has ended early: more than a phase has units, of which there are some
    /// for each worker, and so little that those of all workers fit into 32 bits.
    private static final int STOP = 1 << 20;

    /// Looks at the counts before the code returns: a few milliseconds, as long as units of large steps take.
    private static final int LOOKS = 50_000;

    private static final Gpr PHASE = Gpr.RBX;
    private static final Mem END = Mem.at(Gpr.RSP, 0);
    private static final Mem FINISHED = Mem.at(Gpr.RSP, Long.BYTES);
    private static final Mem UNIT = Mem.at(Gpr.RSP, 2 * Long.BYTES);
    private static final Mem LEFT = Mem.at(Gpr.RSP, 3 * Long.BYTES);
    private static final int STACK = 4 * Long.BYTES;

    private final Assembler a;
    private final Label phase = new Label("phase");
    private final Label next = new Label("next phase");
    private final Label stopped = new Label("stopped");
    private final Label finished = new Label("finished");
    private final Label end = new Label("end");

    private SpanCode(Assembler assembler) {
        this.a = assembler;
    }

    /// The routine's code.
    static byte[] write() {
        return Routine.of(STACK, assembler -> new SpanCode(assembler).go());
    }

    private static Mem entry(int word) {
        return Mem.at(PHASE, word * Long.BYTES);
    }

    private void go() {
        a.emit(MOV, PHASE, Gpr.RDI);
        a.emit(MOV, END, Gpr.RSI);
        a.emit(MOV, FINISHED, Gpr.RDX);
        a.bind(phase);
        a.emit(CMP, PHASE, END);
        a.emit(JAE, finished);
        a.emit(MOV, ReplayCode.ADDRESSES, entry(ADDRESSES));
        a.emit(MOV, ReplayCode.FIXED, Mem.at(ReplayCode.ADDRESSES, 0));
        a.emit(MOV, Gpr.RAX, entry(FIRST));
        a.emit(MOV, UNIT, Gpr.RAX);
        a.emit(MOV, Gpr.RCX, entry(UNITS));
        a.emit(MOV, LEFT, Gpr.RCX);
        a.emit(TEST, Gpr.RCX, Gpr.RCX);
        a.emit(JE, next);
        units();
        look();
        a.bind(next);
        a.emit(ADD, PHASE, Imm.of(ENTRY));
        a.emit(JMP, phase);
        a.bind(stopped);
        a.emit(MOV, Gpr.RCX, entry(OWN));
        a.emit(MOV, Gpr.RDX.low32(), Imm.of(STOP));
        a.emit(MOV, Mem.at(Gpr.RCX, 0), Gpr.RDX.low32());
        a.emit(MOV, Gpr.RAX, FINISHED);
        a.emit(MOV, Mem.at(Gpr.RAX, 0), PHASE);
        a.emit(JMP, end);
        a.bind(finished);
        a.emit(MOV, Gpr.RAX, FINISHED);
        a.emit(MOV, Gpr.RCX, Imm.of(DONE));
        a.emit(MOV, Mem.at(Gpr.RAX, 0), Gpr.RCX);
        a.bind(end);
    }

    private void units() {
        var unit = new Label("unit");
        var other = new Label("other unit");
        var inside = new Label("not the last unit");
        var mark = Gpr.RDX.low32();
        a.bind(unit);
        a.emit(MOV, Gpr.RAX, UNIT);
        a.emit(MOV, Gpr.RCX, entry(TAKEN));
        a.emit(MOV, mark, Mem.at(Gpr.RCX, Gpr.RAX, Integer.BYTES, 0));
        a.emit(TEST, mark, mark);
        a.emit(JNE, other);
        a.emit(MOV, mark, Imm.of(1));
        a.emit(XCHG, Mem.at(Gpr.RCX, Gpr.RAX, Integer.BYTES, 0), mark);
        a.emit(TEST, mark, mark);
        a.emit(JNE, other);
        a.emit(MOV, Gpr.RCX, entry(STARTS));
        a.emit(MOV, ReplayCode.COMMAND, Mem.at(Gpr.RCX, Gpr.RAX, Long.BYTES, 0));
        a.emit(MOV, ReplayCode.END, Mem.at(Gpr.RCX, Gpr.RAX, Long.BYTES, Long.BYTES));
        new ReplayCode(a).go(stopped);
        a.emit(SFENCE);
        a.emit(MOV, Gpr.RCX, entry(OWN));
        a.emit(MOV, mark, Mem.at(Gpr.RCX, 0));
        a.emit(ADD, mark, Imm.of(1));
        a.emit(MOV, Mem.at(Gpr.RCX, 0), mark);
        a.bind(other);
        a.emit(MOV, Gpr.RAX, UNIT);
        a.emit(ADD, Gpr.RAX, Imm.of(1));
        a.emit(CMP, Gpr.RAX, entry(UNITS));
        a.emit(JB, inside);
        a.emit(XOR, Gpr.RAX.low32(), Gpr.RAX.low32());
        a.bind(inside);
        a.emit(MOV, UNIT, Gpr.RAX);
        a.emit(MOV, Gpr.RCX, LEFT);
        a.emit(SUB, Gpr.RCX, Imm.of(1));
        a.emit(MOV, LEFT, Gpr.RCX);
        a.emit(JNE, unit);
    }

    /// Waits until all units are done.
    private void look() {
        var again = new Label("look");
        var sum = new Label("count");
        a.emit(MOV, Gpr.RDX, Imm.of(LOOKS));
        a.bind(again);
        a.emit(MOV, Gpr.RCX, entry(COUNTERS));
        a.emit(MOV, Gpr.R8, entry(WORKERS));
        a.emit(XOR, Gpr.RAX.low32(), Gpr.RAX.low32());
        a.bind(sum);
        a.emit(ADD, Gpr.RAX.low32(), Mem.at(Gpr.RCX, 0));
        a.emit(ADD, Gpr.RCX, Imm.of(Integer.BYTES));
        a.emit(DEC, Gpr.R8);
        a.emit(JNE, sum);
        a.emit(CMP, Gpr.RAX, Imm.of(STOP));
        a.emit(JAE, finished);
        a.emit(CMP, Gpr.RAX, entry(UNITS));
        a.emit(JAE, next);
        a.emit(PAUSE);
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, again);
        a.emit(JMP, end);
    }
}
