package dev.balsa.kernel.movement;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Random;
import java.util.stream.IntStream;
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
        var request = new RowUpdateRequest(
                rows,
                capacity,
                entries,
                2L * block,
                firsts.stream().map(first -> first % capacity).toList());
        for (boolean inPlace : new boolean[] {false, true}) {
            var trial = SplitTrial.of(Trials.work(MovementKernels.rowUpdates(), request), random)
                    .input(cache.memory().toArray(ValueLayout.JAVA_BYTE))
                    .input(update.memory().toArray(ValueLayout.JAVA_BYTE))
                    .output(cache.byteSize());
            var found = (inPlace ? trial.inPlaceOf(0) : trial).run().getFirst();
            assertThat(found).as("%s, in place: %s", request, inPlace).isEqualTo(expected);
        }
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
        var places = Tensor.of(firsts.stream().mapToLong(Long::longValue).toArray(), firsts.size());
        var result = builder.add(new TensorScatter(-2, circular), x, y, builder.constant("places", places));
        return Interpreter.run(builder.build(List.of(result)), List.of(cache, update))
                .getFirst()
                .memory()
                .toArray(ValueLayout.JAVA_BYTE);
    }
}
