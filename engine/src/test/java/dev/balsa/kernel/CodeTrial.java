package dev.balsa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.asm.MachineCode;
import dev.balsa.cpu.Cpu;
import dev.balsa.cpu.Isa;
import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Runs works that call machine code, with operands against guard pages: first against their ends, with all units in
/// one range, then against their starts, with every unit in a range of its own and in reverse. Both must give the same
/// bits. Outputs and scratch memory hold NaN before.
public final class CodeTrial implements AutoCloseable, Constants {
    private static final byte NOT_A_NUMBER = (byte) 0xFF;

    private final GuardedMemory memory = new GuardedMemory();
    private final List<float[]> inputs = new ArrayList<>();
    private final Map<String, MemorySegment> packed = new HashMap<>();
    private final Map<String, MachineCode> codes = new HashMap<>();

    /// The levels that code is written for and this processor has.
    public static Stream<Isa> levels() {
        return Isa.all().stream()
                .filter(isa -> VectorUnit.of(isa).isPresent())
                .filter(isa -> Cpu.current().missing(isa).isEmpty());
    }

    /// The next input operand.
    public MemorySegment input(float[] values) {
        inputs.add(values);
        return place(values, true);
    }

    private MemorySegment place(float[] values, boolean atEnd) {
        long bytes = (long) values.length * Float.BYTES;
        var segment = atEnd ? memory.atEnd(bytes) : memory.atStart(bytes);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
        return segment;
    }

    @Override
    public MemorySegment packed(MemorySegment source, String form, long bytes, Consumer<MemorySegment> pack) {
        return packed.computeIfAbsent(source.address() + ":" + source.byteSize() + ":" + form, _ -> {
            // Packed memory is aligned, so its end is where it is.
            var segment = bytes % 64 == 0 ? memory.atEnd(bytes) : memory.atStart(bytes);
            pack.accept(segment);
            return segment;
        });
    }

    @Override
    public MachineCode code(String name, Supplier<byte[]> writer) {
        return codes.computeIfAbsent(name, _ -> MachineCode.of(writer.get()));
    }

    /// Runs the work on the inputs given so far, and returns its only output.
    public float[] run(Work work, int outputs) {
        var first = run(work, outputs, true);
        var second = run(work, outputs, false);
        assertThat(second).as("split otherwise").isEqualTo(first);
        return first;
    }

    private float[] run(Work work, int outputs, boolean atEnd) {
        var operands = new ArrayList<MemorySegment>();
        inputs.forEach(values -> operands.add(place(values, atEnd)));
        long bytes = (long) outputs * Float.BYTES;
        var output = atEnd ? memory.atEnd(bytes) : memory.atStart(bytes);
        operands.add(output.fill(NOT_A_NUMBER));
        var shared = scratch(work.sharedBytes());
        for (int phase = 0; phase < work.phases(); phase++) {
            int units = work.units(phase);
            if (atEnd) {
                work.run(phase, 0, units, new Frame(operands, shared, scratch(work.workerBytes())));
            } else {
                var scratch = scratch(work.workerBytes());
                for (int unit = units - 1; unit >= 0; unit--) {
                    work.run(phase, unit, unit + 1, new Frame(operands, shared, scratch.fill(NOT_A_NUMBER)));
                }
            }
        }
        return output.toArray(ValueLayout.JAVA_FLOAT);
    }

    /// Scratch memory is aligned to 64 bytes, and its length rounded up to that.
    private MemorySegment scratch(long bytes) {
        return memory.atEnd((bytes + 63) & -64).fill(NOT_A_NUMBER);
    }

    @Override
    public void close() {
        codes.values().forEach(MachineCode::close);
        memory.close();
    }
}
