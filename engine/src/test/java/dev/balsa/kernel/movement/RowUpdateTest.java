package dev.balsa.kernel.movement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.assembly.TensorScatter;
import dev.balsa.kernel.SplitTrial;
import dev.balsa.kernel.Trials;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowUpdateTest {
    static IntStream seeds() {
        return IntStream.range(0, 100);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void writesWhatTheDefinitionWrites(int seed) {
        var random = new Random(seed);
        int samples = random.nextInt(4);
        int rows = 1 + random.nextInt(3);
        int capacity = 1 + random.nextInt(random.nextInt(10) == 0 ? 3000 : 12);
        int entries = random.nextInt(capacity + 1);
        int block = 1 + random.nextInt(20);
        boolean circular = random.nextBoolean();
        var firsts = new ArrayList<Long>();
        for (int i = 0; i < samples; i++) {
            firsts.add((long) random.nextInt(circular ? capacity : capacity - entries + 1));
        }
        var cache = numbers(random, samples, rows, capacity, block);
        var update = numbers(random, samples, rows, entries, block);
        var expected = expected(circular, cache, update, firsts);
        for (int way = 0; way < 4; way++) {
            boolean inPlace = way % 2 == 0;
            boolean isTold = way / 2 == 0;
            var known = isTold ? Optional.<List<Long>>empty() : Optional.<List<Long>>of(firsts);
            var request = new RowUpdateRequest(samples, rows, capacity, entries, 2L * block, known, circular);
            var trial = SplitTrial.of(Trials.work(MovementKernels.rowUpdates(), request), random)
                    .input(cache.memory().toArray(ValueLayout.JAVA_BYTE))
                    .input(update.memory().toArray(ValueLayout.JAVA_BYTE));
            if (isTold) {
                trial.input(places(firsts).memory().toArray(ValueLayout.JAVA_BYTE));
            }
            trial.output(cache.byteSize());
            var found = (inPlace ? trial.inPlaceOf(0) : trial).run().getFirst();
            assertThat(found).as("%s, in place: %s", request, inPlace).isEqualTo(expected);
        }
    }

    @Test
    void refusesPlacesOutOfRange() {
        for (long first : new long[] {-1, 3, Long.MAX_VALUE}) {
            var request = new RowUpdateRequest(1, 1, 4, 2, 8, Optional.empty(), false);
            var trial = SplitTrial.of(Trials.work(MovementKernels.rowUpdates(), request), new Random(1))
                    .input(new byte[32])
                    .input(new byte[16])
                    .input(places(List.of(first)).memory().toArray(ValueLayout.JAVA_BYTE))
                    .output(32);
            assertThatThrownBy(trial::run)
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("from place " + first)
                    .hasMessageContaining("0 to 2");
        }
    }

    private static Tensor places(List<Long> firsts) {
        return Tensor.of(firsts.stream().mapToLong(Long::longValue).toArray(), firsts.size());
    }

    private static Tensor numbers(Random random, long... dims) {
        var tensor = Tensor.allocate(DataType.INT16, Shape.of(dims));
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setLong(i, (short) random.nextInt());
        }
        return tensor;
    }

    private static byte[] expected(boolean circular, Tensor cache, Tensor update, List<Long> firsts) {
        var builder = new GraphBuilder("g");
        var x = builder.input("x", TensorType.of(cache));
        var y = builder.input("y", TensorType.of(update));
        var result = builder.add(new TensorScatter(-2, circular), x, y, builder.constant("places", places(firsts)));
        return Interpreter.run(builder.build(List.of(result)), List.of(cache, update))
                .getFirst()
                .memory()
                .toArray(ValueLayout.JAVA_BYTE);
    }
}
