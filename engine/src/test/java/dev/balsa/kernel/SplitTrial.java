package dev.balsa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Runs a [Work] as workers would: split in one, two and many ways, in any order, on memory between guard bytes and
/// with scratch memory full of garbage. All splits must give the same bytes.
public final class SplitTrial {
    private static final int GUARD = 128;
    private static final byte MARK = 0x5a;

    private final Work work;
    private final Random random;
    private final List<byte[]> inputs = new ArrayList<>();
    private final List<Long> outputs = new ArrayList<>();
    private int inPlace = -1;

    private SplitTrial(Work work, Random random) {
        this.work = work;
        this.random = random;
    }

    /// A trial whose order of units comes from `random`.
    public static SplitTrial of(Work work, Random random) {
        return new SplitTrial(work, random);
    }

    /// The next input operand.
    public SplitTrial input(float... values) {
        var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values);
        return input(bytes.array());
    }

    /// The next input operand.
    public SplitTrial input(byte[] bytes) {
        inputs.add(bytes);
        return this;
    }

    /// The next output operand, after all inputs.
    public SplitTrial output(long bytes) {
        outputs.add(bytes);
        return this;
    }

    /// Lets the first output have the memory of an input of the same length.
    public SplitTrial inPlaceOf(int input) {
        inPlace = input;
        return this;
    }

    /// Runs, and returns the first output as floats.
    public float[] floats() {
        return floats(run().getFirst());
    }

    /// Bytes as floats.
    public static float[] floats(byte[] bytes) {
        var floats = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer().get(floats);
        return floats;
    }

    /// Runs, and returns all outputs.
    public List<byte[]> run() {
        var whole = run(1);
        assertSame(whole, run(2));
        assertSame(whole, run(3));
        return whole;
    }

    private static void assertSame(List<byte[]> expected, List<byte[]> found) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i))
                    .describedAs("output %d, split otherwise", i)
                    .isEqualTo(expected.get(i));
        }
    }

    private List<byte[]> run(int ways) {
        try (var arena = Arena.ofConfined()) {
            var blocks = new ArrayList<MemorySegment>();
            var operands = new ArrayList<MemorySegment>();
            for (var bytes : inputs) {
                var slice = guarded(arena, bytes.length, 4 * random.nextInt(4), blocks);
                MemorySegment.copy(bytes, 0, slice, ValueLayout.JAVA_BYTE, 0, bytes.length);
                operands.add(slice);
            }
            var results = new ArrayList<MemorySegment>();
            for (var bytes : outputs) {
                var shared = results.isEmpty() && inPlace >= 0;
                results.add(shared ? operands.get(inPlace) : guarded(arena, bytes, 0, blocks));
            }
            operands.addAll(results);
            var shared = guarded(arena, work.sharedBytes(), 0, blocks);
            for (int phase = 0; phase < work.phases(); phase++) {
                runPhase(phase, ways, operands, shared, arena, blocks);
            }
            blocks.forEach(SplitTrial::assertGuardsUntouched);
            return results.stream()
                    .map(segment -> segment.toArray(ValueLayout.JAVA_BYTE))
                    .toList();
        }
    }

    private void runPhase(
            int phase,
            int ways,
            List<MemorySegment> operands,
            MemorySegment shared,
            Arena arena,
            List<MemorySegment> b) {
        var units = work.units(phase);
        var pieces = ways == 3 ? Math.max(1, units) : ways;
        var order = new ArrayList<Integer>();
        for (int piece = 0; piece < pieces; piece++) {
            order.add(piece);
        }
        Collections.shuffle(order, random);
        var scratch = guarded(arena, work.workerBytes(), 0, b);
        for (var piece : order) {
            scratch.fill((byte) 0xff);
            var from = (int) ((long) units * piece / pieces);
            var to = (int) ((long) units * (piece + 1) / pieces);
            work.run(phase, from, to, new Frame(operands, shared, scratch));
        }
    }

    private static MemorySegment guarded(Arena arena, long bytes, int shift, List<MemorySegment> blocks) {
        var block = arena.allocate(bytes + 2 * GUARD + shift, 64).fill(MARK);
        blocks.add(block.asSlice(0, GUARD + shift));
        blocks.add(block.asSlice(GUARD + shift + bytes));
        return block.asSlice(GUARD + shift, bytes);
    }

    private static void assertGuardsUntouched(MemorySegment guard) {
        var expected = new byte[(int) guard.byteSize()];
        Arrays.fill(expected, MARK);
        assertThat(guard.toArray(ValueLayout.JAVA_BYTE))
                .describedAs("guard bytes")
                .isEqualTo(expected);
    }
}
