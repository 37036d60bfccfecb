package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.Seeds;
import dev.balsa.error.BalsaException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Graph;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.Op;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Clip;
import dev.balsa.ir.elementwise.LeakyRelu;
import dev.balsa.ir.elementwise.Max;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.ir.elementwise.Sigmoid;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.ir.text.GraphText;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every operator that has kernels, alone and with what may be fused to it, against its plain definition.
class LoweringTest {
    private static final int RUNS = Integer.getInteger("balsa.runs", 60);
    /// Sums are made in another order and with other roundings; exponentials and their like are off by some units.
    private static final double TOLERANCE = 5e-5;

    @ParameterizedTest
    @EnumSource
    void kernelsDoWhatTheDefinitionSays(RandomOperators operator) {
        for (long seed : Seeds.some(1)) {
            var random = new Random(seed);
            var kernels = new HashSet<String>();
            int done = 0;
            for (int i = 0; i < RUNS; i++) {
                long own = random.nextLong();
                try {
                    var ran = new Case(operator, own).run();
                    kernels.addAll(ran);
                    done += ran.isEmpty() ? 0 : 1;
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(
                            operator + ", -Dbalsa.seed=" + seed + ", run " + i + " of seed " + own + ": "
                                    + e.getMessage(),
                            e);
                }
            }
            assertThat(done).as("runs with seed %d", seed).isGreaterThan(RUNS / 4);
            kernels.remove("plain");
            assertThat(kernels).as("kernels that ran with seed %d", seed).isNotEmpty();
        }
    }

    /// One graph made of a random operator.
    private static final class Case {
        private final Random random;
        private final Trial trial;
        private final GraphBuilder builder = new GraphBuilder("g");
        private final List<Value> inputs = new ArrayList<>();
        private final List<Tensor> tensors = new ArrayList<>();
        /// Which of the tensors must not change from run to run.
        private final List<Boolean> steady = new ArrayList<>();

        Case(RandomOperators operator, long seed) {
            random = new Random(seed);
            trial = operator.trial(random);
        }

        /// @return the kernels that ran; none if the operands do not fit
        List<String> run() {
            final Graph graph;
            try {
                graph = graph();
            } catch (BalsaException _) {
                return List.of();
            }
            try {
                try {
                    Interpreter.run(graph, tensors);
                } catch (BalsaException _) {
                    var failing = tensors;
                    assertThatThrownBy(() -> BothWays.run(graph, failing)).isInstanceOf(BalsaException.class);
                    return List.of();
                }
                return BothWays.compare(graph, List.of(tensors, varied()), random.nextInt(1, 4), TOLERANCE);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(GraphText.brief(graph) + e.getMessage(), e);
            }
        }

        private Graph graph() {
            boolean allGiven = random.nextInt(4) == 0;
            var operands = new ArrayList<Value>();
            for (int i = 0; i < trial.operands().size(); i++) {
                var tensor = trial.operands().get(i);
                boolean fixed = trial.fixed().contains(i);
                boolean constant = fixed ? !allGiven : i > 0 && random.nextBoolean();
                operands.add(
                        tensor.map(present -> operand(present, constant, fixed)).orElse(Value.NONE));
            }
            var value = builder.add(trial.op(), operands.toArray(Value[]::new));
            var result = Interpreter.evaluate(trial.op(), trial.operands(), List.of(value), "probe")
                    .getFirst();
            if (result.type() == DataType.FLOAT32) {
                for (int i = random.nextInt(4); i > 0; i--) {
                    value = chain(value, result.shape().toArray());
                }
            }
            return builder.build(List.of(value));
        }

        private Value operand(Tensor tensor, boolean constant, boolean isSteady) {
            if (constant) {
                return builder.constant("c", tensor);
            }
            steady.add(isSteady);
            var known = TensorType.of(tensor);
            var type = switch (random.nextInt(4)) {
                case 0 -> known.withShape(SymbolicShape.UNKNOWN);
                case 1 ->
                    known.withShape(
                            SymbolicShape.of(IntStream.range(0, tensor.shape().rank())
                                    .mapToObj(i -> Dim.symbol("d" + inputs.size() + "." + i))
                                    .toList()));
                default -> known;
            };
            inputs.add(builder.input("x", type));
            tensors.add(tensor);
            return inputs.getLast();
        }

        private Value chain(Value value, long[] dims) {
            return switch (random.nextInt(5)) {
                case 0 -> builder.add(random.nextBoolean() ? new Relu() : new Sigmoid(), value);
                case 1 -> builder.add(new LeakyRelu(0.2F), value);
                case 2 ->
                    builder.add(new Clip(), value, builder.constant("low", Tensor.of(new float[] {-1})), Value.NONE);
                default -> {
                    Op op = List.of(new Add(), new Sub(), new Mul(), new Max()).get(random.nextInt(4));
                    var other = operand(Trial.floats(random, Trial.under(random, dims)), random.nextBoolean(), false);
                    yield random.nextBoolean() ? builder.add(op, value, other) : builder.add(op, other, value);
                }
            };
        }

        /// Other floats, so that what an earlier run left in the memory is wrong.
        private List<Tensor> varied() {
            return IntStream.range(0, tensors.size())
                    .mapToObj(i -> steady.get(i) ? tensors.get(i) : varied(tensors.get(i)))
                    .toList();
        }

        private Tensor varied(Tensor tensor) {
            var copy = BothWays.copy(tensor);
            for (long i = 0; copy.type() == DataType.FLOAT32 && i < copy.size(); i++) {
                copy.setDouble(i, copy.getDouble(i) * (0.5 + random.nextDouble()));
            }
            return copy;
        }
    }
}
