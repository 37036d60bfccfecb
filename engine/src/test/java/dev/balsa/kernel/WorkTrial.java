package dev.balsa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.asm.MachineCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Runs prepared work the hard way: operands cut out of memory at odd addresses between guards, scratch full of NaN,
/// units split in several ways. Every split must give the same bits and leave all guards untouched.
public final class WorkTrial implements AutoCloseable, Constants {
    private static final int GUARD = 64;
    private static final byte GUARD_BYTE = 0x5A;
    private static final int SPLITS = 3;

    private final Arena arena = Arena.ofConfined();
    private final List<MemorySegment> whole = new ArrayList<>();
    private final Map<String, MemorySegment> packed = new HashMap<>();
    private final Map<String, MachineCode> codes = new HashMap<>();

    /// Memory for `count` floats at an odd address, between guards.
    public MemorySegment floats(float... values) {
        var segment = guarded((long) values.length * Float.BYTES, 1);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values.length);
        return segment;
    }

    /// Memory for bytes at an odd address, between guards.
    public MemorySegment bytes(byte... values) {
        var segment = guarded(values.length, 3);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_BYTE, 0, values.length);
        return segment;
    }

    @Override
    public MemorySegment packed(MemorySegment source, String form, long bytes, Consumer<MemorySegment> pack) {
        return packed.computeIfAbsent(source.address() + ":" + source.byteSize() + ":" + form, _ -> {
            var segment = guarded(bytes, 0).fill((byte) 0);
            pack.accept(segment);
            return segment;
        });
    }

    @Override
    public MachineCode code(String name, Supplier<byte[]> writer) {
        return codes.computeIfAbsent(name, _ -> MachineCode.of(writer.get()));
    }

    /// Runs the work with units unsplit, then split, and returns the output's bytes.
    public byte[] run(Work work, List<MemorySegment> inputs, long outputBytes) {
        byte[] first = null;
        for (int ways = 1; ways <= SPLITS; ways++) {
            var output = guarded(outputBytes, 0).fill((byte) 0xFF);
            var operands = new ArrayList<>(inputs);
            operands.add(output);
            runOnce(work, operands, ways);
            var bytes = output.toArray(ValueLayout.JAVA_BYTE);
            if (first == null) {
                first = bytes;
            } else {
                assertThat(bytes).as("split in " + ways).isEqualTo(first);
            }
        }
        whole.forEach(WorkTrial::checkGuards);
        return first;
    }

    /// As [#run], read as floats.
    public float[] runFloats(Work work, List<MemorySegment> inputs, int outputs) {
        var bytes = run(work, inputs, (long) outputs * Float.BYTES);
        return MemorySegment.ofArray(bytes).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    private void runOnce(Work work, List<MemorySegment> operands, int ways) {
        var shared = guarded(work.sharedBytes(), 0).fill((byte) 0xFF);
        for (int phase = 0; phase < work.phases(); phase++) {
            var units = work.units(phase);
            for (int way = ways - 1; way >= 0; way--) {
                var scratch = guarded(work.workerBytes(), 0).fill((byte) 0xFF);
                var from = (int) ((long) units * way / ways);
                var to = (int) ((long) units * (way + 1) / ways);
                work.run(phase, from, to, new Frame(operands, shared, scratch));
            }
        }
    }

    private MemorySegment guarded(long bytes, int shift) {
        var all = arena.allocate(bytes + 2 * GUARD + shift, 64).fill(GUARD_BYTE);
        whole.add(all.asSlice(0, GUARD + shift));
        whole.add(all.asSlice(GUARD + shift + bytes));
        return all.asSlice(GUARD + shift, bytes);
    }

    private static void checkGuards(MemorySegment guard) {
        for (var value : guard.toArray(ValueLayout.JAVA_BYTE)) {
            assertThat(value).as("a guard byte").isEqualTo(GUARD_BYTE);
        }
    }

    @Override
    public void close() {
        codes.values().forEach(MachineCode::close);
        arena.close();
    }
}
