package dev.balsa.asm;

import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Puts instructions together to a block of position-independent code, with its constants behind it.
///
/// ```
/// var a = new Assembler();
/// var loop = new Label("loop");
/// a.bind(loop);
/// a.emit(VADDPS, zmm(0), zmm(0), Mem.at(RSI, 64).broadcast());
/// a.emit(DEC, RCX);
/// a.emit(JNZ, loop);
/// a.emit(RET);
/// byte[] code = a.finish();
/// ```
///
/// Not thread-safe.
public final class Assembler {
    private static final int CONSTANTS_ALIGNMENT = 64;

    private final Code code = new Code();
    private final Map<LongBuffer, Label> constants = new LinkedHashMap<>();
    private final Map<Mem, Vec> kept = new HashMap<>();
    /// What [#interleave] has been given of one of its parts.
    private @Nullable List<Given> held;

    private static final class Given {
        private final Instruction instruction;
        private final Operand[] operands;

        Given(Instruction instruction, Operand[] operands) {
            this.instruction = instruction;
            this.operands = operands;
        }
    }

    /// Appends an instruction in the first of its forms that takes the operands.
    ///
    /// @throws IllegalArgumentException if there is none, or if the size of a memory operand is not clear
    public void emit(Instruction instruction, Operand... operands) {
        var given = kept.isEmpty() ? operands : withKept(operands);
        if (held != null) {
            held.add(new Given(instruction, given));
        } else {
            append(instruction, given);
        }
    }

    private Operand[] withKept(Operand[] operands) {
        var given = operands.clone();
        for (int i = 0; i < given.length; i++) {
            if (given[i] instanceof Mem mem) {
                given[i] = kept.containsKey(mem) ? kept.get(mem) : mem;
            }
        }
        return given;
    }

    private void append(Instruction instruction, Operand[] given) {
        for (var form : instruction.forms()) {
            if (form.accepts(given)) {
                checkSize(instruction, form, given);
                Encoder.encode(code, form, given);
                return;
            }
        }
        throw new IllegalArgumentException(instruction.mnemonic() + " " + text(given)
                + ": no such operands; expected one of "
                + instruction.forms().stream()
                        .map(form -> form.operands().stream()
                                .map(OperandPattern::text)
                                .collect(Collectors.joining(", ")))
                        .distinct()
                        .collect(Collectors.joining("; ")));
    }

    /// Only registers tell how much memory is meant where the operand does not.
    private static void checkSize(Instruction instruction, Form form, Operand[] given) {
        boolean isOpen = false;
        boolean told = false;
        for (var operand : given) {
            if (operand instanceof Mem mem) {
                isOpen |= mem.bits() == 0;
            } else {
                told |= !(operand instanceof Imm) && !(operand instanceof Gpr && form.indexOf('X') >= 0);
            }
        }
        if (isOpen && !told && instruction.forms().size() > 1) {
            throw new IllegalArgumentException(instruction.mnemonic() + " " + text(given)
                    + ": the size of the memory is not clear; give it by Mem.sized");
        }
    }

    private static String text(Operand[] operands) {
        return Arrays.stream(operands).map(Operand::toString).collect(Collectors.joining(", "));
    }

    /// Appends the instructions of several parts by turns, so that those of one run while the others' wait for results.
    /// They use different registers, no flags and no mask registers, and have no labels.
    public void interleave(List<Runnable> parts) {
        var held = parts.stream().map(this::held).toList();
        int longest = held.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < longest; i++) {
            for (var part : held) {
                if (i < part.size()) {
                    append(part.get(i).instruction, part.get(i).operands);
                }
            }
        }
    }

    private List<Given> held(Runnable part) {
        if (held != null) {
            throw new IllegalStateException("parts that are interleaved cannot be so themselves");
        }
        var instructions = new ArrayList<Given>();
        held = instructions;
        try {
            part.run();
        } finally {
            held = null;
        }
        return instructions;
    }

    /// Says that a label stands here.
    ///
    /// @throws IllegalStateException if it stands somewhere already, or among instructions that are interleaved
    public void bind(Label label) {
        if (held != null) {
            throw new IllegalStateException("a label among instructions that are interleaved");
        }
        label.bind(code.size());
    }

    /// Appends what does nothing until the position is a multiple of `bytes`, for the target of a hot jump.
    public void align(int bytes) {
        while (code.size() % bytes != 0) {
            emit(GeneralInstruction.NOP);
        }
    }

    /// Memory that holds these 64-bit numbers, lowest first, aligned to their size; equal constants are one.
    public Mem constant(long... numbers) {
        return Mem.at(constants.computeIfAbsent(LongBuffer.wrap(numbers.clone()), _ -> new Label("constant")));
    }

    /// What has been asked for as [#constant], each once, in order.
    public List<long[]> constants() {
        return constants.keySet().stream()
                .map(numbers -> numbers.array().clone())
                .toList();
    }

    /// Loads a constant, and has all instructions that follow read the register instead of it. That takes less code,
    /// and leaves the load ports to others.
    ///
    /// @param constant a [#constant]
    /// @param register as long as that, written by nothing that follows
    public void keep(Mem constant, Vec register) {
        emit(AvxInstruction.VMOVUPS, register, constant);
        kept.put(constant, register);
    }

    /// Bytes of code so far.
    public int size() {
        return code.size();
    }

    /// The code, its constants behind it; afterwards nothing more can be appended.
    ///
    /// @throws IllegalStateException if a label is used and not bound
    public byte[] finish() {
        if (!constants.isEmpty()) {
            while (code.size() % CONSTANTS_ALIGNMENT != 0) {
                code.u8(0);
            }
        }
        var largestFirst = new ArrayList<>(constants.entrySet());
        largestFirst.sort(
                (a, b) -> Integer.compare(b.getKey().remaining(), a.getKey().remaining()));
        for (var constant : largestFirst) {
            bind(constant.getValue());
            for (long number : constant.getKey().array()) {
                code.number(number, Long.BYTES);
            }
        }
        return code.finish();
    }
}
