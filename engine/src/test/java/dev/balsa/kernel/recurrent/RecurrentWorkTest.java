package dev.balsa.kernel.recurrent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.ir.Graph;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.recurrent.Activation;
import dev.balsa.ir.recurrent.Activation.Function;
import dev.balsa.ir.recurrent.Direction;
import dev.balsa.ir.recurrent.Gru;
import dev.balsa.ir.recurrent.Lstm;
import dev.balsa.ir.recurrent.Recurrence;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Trials;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.plan.BothWays;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// LSTM and GRU in machine code, compared with the plain definitions.
@Timeout(120)
class RecurrentWorkTest {
    private static final double TOLERANCE = 1e-5;

    static Stream<Arguments> seeds() {
        return CodeTrial.levels().flatMap(isa -> IntStream.range(0, 60).mapToObj(seed -> Arguments.of(seed, isa)));
    }

    /// A random layer: X, W, R, B, no lengths, the first states.
    private record Layer(Cell cell, Direction direction, int hidden, List<Optional<Tensor>> inputs) {
        static Layer random(Random random) {
            var cell = Cell.values()[random.nextInt(2)];
            var direction = Direction.values()[random.nextInt(3)];
            int walks = direction == Direction.BIDIRECTIONAL ? 2 : 1;
            int steps = 1 + random.nextInt(5);
            int batch = 1 + random.nextInt(4);
            int input = 1 + random.nextInt(20);
            int hidden = 1 + random.nextInt(random.nextBoolean() ? 8 : 300);
            int rows = cell.gates() * hidden;
            var inputs = new ArrayList<Optional<Tensor>>();
            inputs.add(Optional.of(tensor(random, 1, steps, batch, input)));
            inputs.add(Optional.of(tensor(random, 1, walks, rows, input)));
            inputs.add(Optional.of(tensor(random, 2 / Math.sqrt(hidden), walks, rows, hidden)));
            inputs.add(random.nextBoolean() ? Optional.of(tensor(random, 1, walks, 2 * rows)) : Optional.empty());
            inputs.add(Optional.empty());
            inputs.add(random.nextBoolean() ? Optional.of(tensor(random, 1, walks, batch, hidden)) : Optional.empty());
            if (cell == Cell.LSTM) {
                inputs.add(
                        random.nextBoolean() ? Optional.of(tensor(random, 1, walks, batch, hidden)) : Optional.empty());
            }
            return new Layer(cell, direction, hidden, inputs);
        }

        private static Tensor tensor(Random random, double scale, long... dims) {
            var shape = Shape.of(dims);
            var values = Trials.floats(random, shape.size());
            for (int i = 0; i < values.length; i++) {
                values[i] *= (float) scale;
            }
            return Tensor.of(values, dims);
        }

        Op op() {
            var functions = new ArrayList<Activation>();
            for (int walk = 0; walk < (direction == Direction.BIDIRECTIONAL ? 2 : 1); walk++) {
                functions.add(new Activation(Function.SIGMOID, 0, 0));
                functions.add(new Activation(Function.TANH, 0, 0));
                if (cell == Cell.LSTM) {
                    functions.add(new Activation(Function.TANH, 0, 0));
                }
            }
            var recurrence = new Recurrence(direction, functions, Float.POSITIVE_INFINITY, false);
            return switch (cell) {
                case LSTM -> new Lstm(recurrence, false);
                case GRU -> new Gru(recurrence, true);
            };
        }

        /// What only the run tells: X and the first states.
        List<Tensor> given() {
            return IntStream.of(0, 5, 6)
                    .filter(i -> i < inputs.size())
                    .mapToObj(inputs::get)
                    .flatMap(Optional::stream)
                    .toList();
        }

        Graph graph() {
            var builder = new GraphBuilder("layer");
            var operands = new ArrayList<Value>();
            for (int i = 0; i < inputs.size(); i++) {
                var name = "i" + i;
                boolean constant = i > 0 && i < 5;
                operands.add(inputs.get(i)
                        .map(tensor ->
                                constant ? builder.constant(name, tensor) : builder.input(name, TensorType.of(tensor)))
                        .orElse(Value.NONE));
            }
            var names = cell == Cell.LSTM ? List.of("Y", "Y_h", "Y_c") : List.of("Y", "Y_h");
            return builder.build(builder.add("layer", op(), operands, names));
        }

        /// As constants lie in a file.
        private static MemorySegment unaligned(Tensor tensor) {
            long bytes = tensor.memory().byteSize();
            return Arena.ofAuto().allocate(bytes + 1, Float.BYTES).asSlice(1).copyFrom(tensor.memory());
        }

        RecurrentRequest request(int output) {
            var x = inputs.get(0).orElseThrow().shape();
            return new RecurrentRequest(
                    cell,
                    (int) x.dim(0),
                    (int) x.dim(1),
                    (int) x.dim(2),
                    hidden,
                    switch (direction) {
                        case FORWARD -> List.of(false);
                        case REVERSE -> List.of(true);
                        case BIDIRECTIONAL -> List.of(false, true);
                    },
                    unaligned(inputs.get(1).orElseThrow()),
                    unaligned(inputs.get(2).orElseThrow()),
                    inputs.get(3).map(Layer::unaligned),
                    inputs.get(5).isPresent(),
                    inputs.size() > 6 && inputs.get(6).isPresent(),
                    output == 0,
                    output == 1,
                    output == 2);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyOutputOfAnyLayer(int seed, Isa isa) {
        var layer = Layer.random(new Random(seed));
        var expected = Interpreter.run(layer.graph(), layer.given());
        var precision = seed % 2 == 0 ? Precision.EXACT : Precision.FAST;
        var kernel = new RecurrentKernel(VectorUnit.of(isa).orElseThrow(), precision);
        for (int i = 0; i < expected.size(); i++) {
            var request = layer.request(i);
            assertThat(kernel.supports(request)).isTrue();
            try (var trial = new CodeTrial()) {
                layer.given().forEach(tensor -> trial.input(tensor.toFloatArray()));
                var found = trial.run(
                        kernel.prepare(request, trial),
                        Math.toIntExact(expected.get(i).size()));
                var wanted = IntStream.range(0, found.length)
                        .mapToDouble(expected.get(i)::getDouble)
                        .toArray();
                Trials.assertNear(found, wanted, TOLERANCE, TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void layersInGraphs(int seed, Isa isa) {
        var layer = Layer.random(new Random(seed));
        BothWays.compare(layer.graph(), List.of(layer.given()), 2, TOLERANCE);
    }
}
