package dev.balsa.ir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.Seeds;
import dev.balsa.error.BalsaException;
import dev.balsa.ir.assembly.Assembly;
import dev.balsa.ir.indexing.Indexing;
import dev.balsa.ir.selection.Selection;
import dev.balsa.ir.view.View;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Operators that move data, with attributes and operands of all sorts: each run gives a result of the inferred
/// type, or says what is wrong.
class HostileOperandsTest {
    private static final int RUNS = 1000;
    /// Enough for a result of operators whose operands seldom fit by chance.
    private static final int MOST_RUNS = 50_000;
    private static final long[] EXTREMES = {
        Long.MIN_VALUE, Long.MIN_VALUE + 1, Integer.MIN_VALUE, 1L << 60, Long.MAX_VALUE - 1, Long.MAX_VALUE
    };
    private static final List<DataType> TYPES =
            List.of(DataType.FLOAT32, DataType.INT64, DataType.INT32, DataType.UINT4, DataType.BOOL, DataType.STRING);

    static Stream<Class<?>> operators() {
        return Operators.classes().stream()
                .filter(type -> Stream.of(Assembly.class, Indexing.class, Selection.class, View.class)
                        .anyMatch(family -> family.isAssignableFrom(type)));
    }

    @ParameterizedTest
    @MethodSource("operators")
    void runsOrSaysWhatIsWrong(Class<?> operator) {
        long seed = Seeds.one();
        var random = new Random(seed);
        int succeeded = 0;
        for (int i = 0; i < RUNS || succeeded == 0 && i < MOST_RUNS; i++) {
            var described = new StringBuilder("seed " + seed + ", run " + i + ": ");
            try {
                succeeded += run(operator, random, described) ? 1 : 0;
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError(described.toString(), e);
            }
        }
        assertThat(succeeded).as("seed %d: runs that gave a result", seed).isPositive();
    }

    private static boolean run(Class<?> operator, Random random, StringBuilder described) {
        var op = operator(operator, random);
        if (op.isEmpty()) {
            return false;
        }
        described.append(op.get());
        var operands = operands(op.get().schema(), random);
        operands.forEach(operand -> described.append(' ').append(text(operand)));
        int outputs = 1 + random.nextInt(Math.min(4, op.get().schema().outputs().size() + 2));
        var wanted = new ArrayList<Value>();
        for (int i = 0; i < outputs; i++) {
            wanted.add(new Value("y" + i, new TensorType(DataType.FLOAT32, SymbolicShape.UNKNOWN)));
        }
        var known = infer(op.get(), operands, outputs, true);
        var unknown = infer(op.get(), operands, outputs, false);
        List<Tensor> results;
        try {
            results = Interpreter.evaluate(op.get(), operands, wanted, "node");
        } catch (BalsaException _) {
            return false;
        }
        if (known.isEmpty() && unknown.isEmpty()) {
            return false;
        }
        check(described, known, results);
        check(described, unknown, results);
        return true;
    }

    private static void check(StringBuilder described, Optional<List<TensorType>> types, List<Tensor> results) {
        assertThat(types).as(described.toString()).isPresent();
        for (int i = 0; i < results.size(); i++) {
            var type = types.get().get(i);
            assertThat(type.dtype())
                    .as(described.toString())
                    .isEqualTo(results.get(i).type());
            assertThat(type.shape().admits(results.get(i).shape()))
                    .as("%s: output %d is %s, inferred %s", described, i, results.get(i), type)
                    .isTrue();
        }
    }

    private static String text(Optional<Tensor> operand) {
        return operand.map(tensor -> tensor.type().isInteger() && tensor.size() < 9
                        ? tensor + " " + Arrays.toString(tensor.toLongArray())
                        : tensor.toString())
                .orElse("_");
    }

    /// The inferred types, if the rule accepts the operands.
    private static Optional<List<TensorType>> infer(
            Op op, List<Optional<Tensor>> operands, int outputs, boolean constant) {
        var builder = new GraphBuilder("g");
        var values = operands.stream()
                .map(operand -> operand.map(tensor ->
                                constant ? builder.constant("c", tensor) : builder.input("x", TensorType.of(tensor)))
                        .orElse(Value.NONE))
                .toList();
        var names =
                Stream.iterate(0, i -> i + 1).limit(outputs).map(i -> "y" + i).toList();
        try {
            return Optional.of(
                    builder.add("", op, values, names).stream().map(Value::type).toList());
        } catch (BalsaException _) {
            return Optional.empty();
        }
    }

    private static List<Optional<Tensor>> operands(Schema schema, Random random) {
        var data = TYPES.get(random.nextInt(TYPES.size()));
        var operands = new ArrayList<Optional<Tensor>>();
        for (int i = 0; i < schema.inputs().size(); i++) {
            var parameter = schema.inputs().get(i);
            boolean isLeftOut = parameter.arity() == Schema.Arity.OPTIONAL && random.nextInt(3) == 0;
            operands.add(
                    isLeftOut ? Optional.empty() : Optional.of(operand(parameter.types(), data, operands, random)));
        }
        return operands;
    }

    private static Tensor operand(Set<DataType> types, DataType data, List<Optional<Tensor>> before, Random random) {
        boolean isList = types.size() < 3 && types.contains(DataType.INT64);
        var fallback = types.contains(data)
                ? data
                : types.stream().sorted().findFirst().orElseThrow();
        var type = isList ? DataType.INT64 : fallback;
        var shape = isList && random.nextInt(4) > 0
                ? Shape.of(random.nextInt(4))
                : !before.isEmpty() && before.getFirst().isPresent() && random.nextBoolean()
                        ? before.getFirst().get().shape()
                        : shape(random);
        var tensor = Tensor.allocate(type, shape);
        for (long i = 0; i < tensor.size(); i++) {
            if (type == DataType.STRING) {
                tensor.setString(i, "s" + random.nextInt(3));
            } else {
                tensor.setLong(i, number(random));
            }
        }
        return tensor;
    }

    private static Shape shape(Random random) {
        // Some operators want just these.
        return switch (random.nextInt(8)) {
            case 0, 1 -> Shape.of(1, 4, 4);
            case 2 -> Shape.of(1);
            case 3 -> Shape.of(2);
            default -> Shape.of(random.longs(random.nextInt(5), 0, 4).toArray());
        };
    }

    private static long number(Random random) {
        return random.nextInt(40) == 0 ? EXTREMES[random.nextInt(EXTREMES.length)] : random.nextInt(-3, 5);
    }

    /// An operator with random attributes, or nothing if it refuses them.
    private static Optional<Op> operator(Class<?> type, Random random) {
        var components = type.getRecordComponents();
        var types = new Class<?>[components.length];
        var values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = attribute(components[i].getGenericType(), random);
        }
        try {
            return Optional.of((Op) type.getDeclaredConstructor(types).newInstance(values));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof BalsaException) {
                return Optional.empty();
            }
            throw new AssertionError(e);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Object attribute(Type type, Random random) {
        if (type instanceof ParameterizedType of) {
            var element = of.getActualTypeArguments()[0];
            return of.getRawType() == Optional.class
                    ? random.nextBoolean() ? Optional.empty() : Optional.of(attribute(element, random))
                    : Stream.generate(() -> attribute(element, random))
                            .limit(random.nextInt(4))
                            .toList();
        }
        if (type == boolean.class) {
            return random.nextBoolean();
        }
        if (type instanceof Class<?> plain && plain.isEnum()) {
            return plain.getEnumConstants()[random.nextInt(plain.getEnumConstants().length)];
        }
        if (type == long.class || type == Long.class) {
            return number(random);
        }
        throw new AssertionError("no random attributes of type " + type);
    }
}
