package dev.balsa.asm.emulator;

import dev.balsa.asm.Decoded;
import dev.balsa.asm.Decoder;
import dev.balsa.asm.GeneralInstruction;
import dev.balsa.asm.Label;
import dev.balsa.asm.MachineCode;
import dev.balsa.asm.emulator.PermittedMemory.Range;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;

/// Code that is executed instruction by instruction as the Intel SDM, volume 2, describes, whatever processor
/// there is.
///
/// A routine may touch what is permitted, the arguments it is called with, its own constants, and its stack; all
/// else is an [AssertionError] that names the instruction. On return the registers of the calling convention must
/// be what they were, and the upper halves of vectors zero. Tiles stay as a routine leaves them for the next one that
/// the thread calls, until [#checkTilesAreReleased].
public final class EmulatedCode extends MachineCode {
    private static final ThreadLocal<Machine> MACHINES = ThreadLocal.withInitial(Machine::new);
    private static final int[] KEPT = {3, 5, 12, 13, 14, 15};
    private static final int XMM = 16;
    private static final int LEGACY_VECTORS = 16;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment code;
    private final Step[] steps;
    private final PermittedMemory memory;

    private EmulatedCode(byte[] bytes, PermittedMemory memory) {
        this.memory = memory;
        this.code = arena.allocate(Math.max(1, bytes.length), Machine.VECTOR);
        MemorySegment.copy(bytes, 0, code, ValueLayout.JAVA_BYTE, 0, bytes.length);
        this.steps = new Step[bytes.length + 1];
        var entries = new ArrayDeque<Integer>(List.of(0));
        while (!entries.isEmpty()) {
            decode(bytes, entries.pop(), entries);
        }
    }

    /// Code that may touch `memory`.
    public static EmulatedCode of(byte[] bytes, PermittedMemory memory) {
        return new EmulatedCode(bytes, memory);
    }

    private void decode(byte[] bytes, int entry, ArrayDeque<Integer> entries) {
        int at = entry;
        while (at < bytes.length && steps[at] == null) {
            var decoded = Decoder.decode(bytes, at);
            steps[at] = new Step(decoded, Steps.action(decoded, code.address()));
            if (!decoded.operands().isEmpty() && decoded.operands().getFirst() instanceof Label label) {
                entries.push(Decoded.position(label));
            }
            if (decoded.instruction() == GeneralInstruction.RET || decoded.instruction() == GeneralInstruction.JMP) {
                return;
            }
            at = decoded.end();
        }
    }

    @Override
    public MemorySegment bytes() {
        return code.asReadOnly();
    }

    @Override
    public long address() {
        return code.address();
    }

    @Override
    public void call(int offset, MemorySegment arguments, long from, long to) {
        if (offset != 0) {
            throw new IndexOutOfBoundsException("only the first routine is emulated, found offset " + offset);
        }
        var machine = MACHINES.get();
        machine.reset(
                memory, List.of(range("arguments", arguments, true), range("constants of the code", code, false)));
        machine.general[7] = arguments.address();
        machine.general[6] = from;
        machine.general[2] = to;
        machine.general[Machine.RSP] -= Long.BYTES;
        machine.write(machine.general[Machine.RSP], Long.BYTES, GeneralSteps.RETURN);
        var before = machine.general.clone();
        run(machine);
        checkReturn(machine, before);
    }

    private static Range range(String name, MemorySegment segment, boolean writable) {
        return new Range(name, segment.address(), segment.address() + segment.byteSize(), writable);
    }

    private void run(Machine machine) {
        int at = 0;
        try {
            while (true) {
                var step = steps[at];
                machine.next = step.decoded().end();
                step.action().run(machine);
                int next = machine.next;
                if (next == GeneralSteps.LEAVES) {
                    return;
                }
                at = next;
            }
        } catch (AssertionError | RuntimeException e) {
            var step = steps[at];
            throw new AssertionError(
                    "%#x: %s: %s; registers %s"
                            .formatted(at, step == null ? "no code" : step.decoded(), e.getMessage(), hex(machine)),
                    e);
        }
    }

    private static List<String> hex(Machine machine) {
        return Arrays.stream(machine.general).mapToObj(Long::toHexString).toList();
    }

    private static void checkReturn(Machine machine, long[] before) {
        for (int register : KEPT) {
            check(machine.general[register] == before[register], "register " + register + " is not what it was");
        }
        check(machine.general[Machine.RSP] == before[Machine.RSP] + Long.BYTES, "the stack pointer is elsewhere");
        check(machine.mxcsr == Machine.DEFAULT_MXCSR, "the control register is not what it was");
        for (int register = 0; register < LEGACY_VECTORS; register++) {
            for (int i = XMM; i < Machine.VECTOR; i++) {
                check(machine.vectors[register][i] == 0, "the upper part of vector " + register + " is not zero");
            }
        }
    }

    /// Demands that the last of the routines called by this thread has released the tiles; they are afterwards.
    public static void checkTilesAreReleased() {
        var tiles = MACHINES.get().tiles;
        boolean areReleased = !tiles.isConfigured();
        tiles.release();
        check(areReleased, "the tiles are not released");
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError("on return " + otherwise);
        }
    }

    /// Gives the memory back.
    @Override
    public void close() {
        arena.close();
    }
}
