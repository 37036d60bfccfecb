package dev.balsa.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ResourceException;
import dev.balsa.error.ShapeException;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Streams run programs of a kernel that adds 1 to each element, two steps through memory.
class StreamTest {
    private static final StepInfo INFO = new StepInfo("node", "Increment", "test", "", 0, 0);

    /// Adds 1 to every element; one unit per element.
    private record Increment(int count) implements Work {
        @Override
        public int units(int phase) {
            return count;
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            for (int i = from; i < to; i++) {
                float value = frame.operand(0).getAtIndex(ValueLayout.JAVA_FLOAT, i);
                if (value < 0) {
                    throw new ShapeException("element " + i + " is negative");
                }
                frame.operand(1).setAtIndex(ValueLayout.JAVA_FLOAT, i, value + 1);
            }
        }
    }

    /// Writes the number of its range's units to each of them.
    private record Ranges(int count) implements Work {
        @Override
        public int units(int phase) {
            return count;
        }

        @Override
        public boolean isSteady(int phase) {
            return true;
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            for (int i = from; i < to; i++) {
                frame.operand(1).setAtIndex(ValueLayout.JAVA_FLOAT, i, to - from);
            }
        }
    }

    private static Program program(int count) {
        var shape = Shape.of(count);
        var slots = List.<Slot>of(
                new Slot.Input(0, DataType.FLOAT32, shape),
                new Slot.Memory(0, DataType.FLOAT32, shape),
                new Slot.Output(0, DataType.FLOAT32, shape));
        var steps = List.<Step>of(
                new Step.KernelStep(INFO, new Increment(count), List.of(0, 1)),
                new Step.KernelStep(INFO, new Increment(count), List.of(1, 2)));
        return new Program(slots, steps, List.of(2), 4L * count, 0, 0);
    }

    private static Tensor input(int count, float value) {
        var tensor = Tensor.allocate(DataType.FLOAT32, Shape.of(count));
        for (int i = 0; i < count; i++) {
            tensor.setDouble(i, value + i);
        }
        return tensor;
    }

    private static void check(Stream stream, Program program, int count, float value) {
        var results = stream.run(program, List.of(input(count, value)));
        assertThat(results.tensors().getFirst().toFloatArray())
                .isEqualTo(input(count, value + 2).toFloatArray());
        results.release().run();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void memoryGrowsAndBoundProgramsFollow(int threads) {
        try (var stream = new Stream(threads, "test")) {
            var small = program(3);
            var large = program(100_000);
            check(stream, small, 3, 1);
            check(stream, large, 100_000, 5);
            check(stream, small, 3, 7);
            check(stream, large, 100_000, 9);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void steadyPhasesAreCutAlike(int threads) {
        var shape = Shape.of(12);
        var slots =
                List.<Slot>of(new Slot.Input(0, DataType.FLOAT32, shape), new Slot.Output(0, DataType.FLOAT32, shape));
        var steps = List.<Step>of(new Step.KernelStep(INFO, new Ranges(12), List.of(0, 1)));
        var program = new Program(slots, steps, List.of(1), 0, 0, 0);
        try (var stream = new Stream(threads, "test")) {
            var results = stream.run(program, List.of(input(12, 0)));
            assertThat(results.tensors().getFirst().toFloatArray()).containsOnly(12f / threads);
        }
    }

    @Test
    void manyProgramsTakeTurns() {
        try (var stream = new Stream(2, "test")) {
            var programs = IntStream.range(0, 100).mapToObj(i -> program(i + 1)).toList();
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < programs.size(); i++) {
                    check(stream, programs.get(i), i + 1, round);
                }
            }
        }
    }

    @Test
    void outputsAreTheCallersUntilReleased() {
        try (var stream = new Stream(1, "test")) {
            var program = program(4);
            var kept = stream.run(program, List.of(input(4, 10)));
            check(stream, program, 4, 20);
            assertThat(kept.tensors().getFirst().toFloatArray()).containsExactly(12, 13, 14, 15);
            long address = kept.tensors().getFirst().memory().address();
            kept.release().run();
            var next = stream.run(program, List.of(input(4, 1)));
            assertThat(next.tensors().getFirst().memory().address()).isEqualTo(address);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void runsGoOnAfterAFailureThatNamesTheNode(int threads) {
        try (var stream = new Stream(threads, "test")) {
            var program = program(8);
            assertThatThrownBy(() -> stream.run(program, List.of(input(8, -1))))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("Increment \"node\"")
                    .hasMessageContaining("element 0 is negative");
            check(stream, program, 8, 3);
        }
    }

    @Test
    void nestedRunsHaveMemoryOfTheirOwn() {
        var inner = program(5);
        var shape = Shape.of(5);
        HostTask nested = call -> {
            var first = call.stream()
                    .runNested(inner, List.of(call.inputs().getFirst().orElseThrow()), call.depth() + 1);
            var second = call.stream().runNested(inner, first, call.depth() + 1);
            assertThat(first.getFirst().getFloat(0)).isEqualTo(second.getFirst().getFloat(0) - 2);
            call.planned(0).orElseThrow().copyFrom(second.getFirst());
        };
        var slots = List.<Slot>of(
                new Slot.Input(0, DataType.FLOAT32, shape),
                new Slot.Memory(0, DataType.FLOAT32, shape),
                new Slot.Output(0, DataType.FLOAT32, shape));
        var steps = List.<Step>of(
                new Step.KernelStep(INFO, new Increment(5), List.of(0, 1)),
                new Step.HostStep(INFO, nested, List.of(1), List.of(2)));
        var outer = new Program(slots, steps, List.of(2), 64, 0, 0);
        try (var stream = new Stream(2, "test")) {
            for (int run = 0; run < 3; run++) {
                var results = stream.run(outer, List.of(input(5, run)));
                assertThat(results.tensors().getFirst().toFloatArray())
                        .isEqualTo(input(5, run + 5).toFloatArray());
                results.release().run();
            }
        }
    }

    @Test
    void saysWhenThereIsNoSuchMemory() {
        var program = new Program(List.of(), List.of(), List.of(), 1L << 60, 0, 0);
        try (var stream = new Stream(1, "test")) {
            assertThatThrownBy(() -> stream.run(program, List.of()))
                    .isInstanceOf(ResourceException.class)
                    .hasMessageContaining("intermediate tensors");
            check(stream, program(3), 3, 1);
        }
    }

    @Test
    void buffersAreHandedOutOnceUntilTheyComeBack() {
        var buffers = new OutputBuffers(List.of(new Slot.Output(0, DataType.FLOAT32, Shape.of(2))));
        var one = buffers.take();
        var other = buffers.take();
        assertThat(one.getFirst()).isNotSameAs(other.getFirst());
        buffers.giveBack(one);
        assertThat(buffers.take()).isSameAs(one);
        for (int i = 0; i < 20; i++) {
            buffers.giveBack(buffers.allocate());
        }
        var kept = java.util.stream.Stream.generate(buffers::take)
                .limit(20)
                .distinct()
                .count();
        assertThat(kept).isEqualTo(20);
    }
}
