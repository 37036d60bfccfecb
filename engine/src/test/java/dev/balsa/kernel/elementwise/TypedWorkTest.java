package dev.balsa.kernel.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.balsa.asm.MachineCode;
import dev.balsa.cpu.Isa;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Abs;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.And;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Equal;
import dev.balsa.ir.elementwise.Greater;
import dev.balsa.ir.elementwise.GreaterOrEqual;
import dev.balsa.ir.elementwise.Less;
import dev.balsa.ir.elementwise.LessOrEqual;
import dev.balsa.ir.elementwise.Max;
import dev.balsa.ir.elementwise.Min;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Neg;
import dev.balsa.ir.elementwise.Not;
import dev.balsa.ir.elementwise.Or;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.ir.elementwise.Where;
import dev.balsa.ir.elementwise.Xor;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Trials;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The functions against the operators' plain definitions, bit by bit.
class TypedWorkTest {
    private static final List<DataType> NUMBERS =
            List.of(DataType.FLOAT32, DataType.INT32, DataType.INT64, DataType.INT8, DataType.UINT8);
    private static final List<DataType> INTEGERS = NUMBERS.subList(1, NUMBERS.size());
    private static final List<DataType> ALL =
            Stream.concat(NUMBERS.stream(), Stream.of(DataType.BOOL)).toList();
    private static final float[] FLOATS = {
        0f, -0f, 1f, -1f, 0.5f, 200.75f, -3e5f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e-42f
    };
    /// Of what every integer type can hold if it is a float.
    private static final int FINITE = 7;

    private static final long[] INTS = {
        0, 1, 2, 3, -1, -128, 127, 255, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 33
    };

    private final TypedCodeKernel kernel = new TypedCodeKernel();

    static Stream<Arguments> functions() {
        return Arrays.stream(TypedFunction.values())
                .flatMap(function -> types(function).map(types -> Arguments.of(function, types)));
    }

    /// Types of the inputs, then of the result.
    private static Stream<List<DataType>> types(TypedFunction function) {
        return switch (function) {
            case EQUAL -> ALL.stream().map(type -> List.of(type, type, DataType.BOOL));
            case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
                NUMBERS.stream().map(type -> List.of(type, type, DataType.BOOL));
            case AND, OR, XOR -> Stream.of(List.of(DataType.BOOL, DataType.BOOL, DataType.BOOL));
            case NOT -> Stream.of(List.of(DataType.BOOL, DataType.BOOL));
            case ADD, SUB, MUL, MIN, MAX -> INTEGERS.stream().map(type -> List.of(type, type, type));
            case NEG, ABS -> INTEGERS.stream().map(type -> List.of(type, type));
            case SELECT -> ALL.stream().map(type -> List.of(DataType.BOOL, type, type, type));
            case CAST -> ALL.stream().flatMap(from -> ALL.stream().map(to -> List.of(from, to)));
        };
    }

    private static Op op(TypedFunction function, DataType result) {
        return switch (function) {
            case EQUAL -> new Equal();
            case LESS -> new Less();
            case LESS_OR_EQUAL -> new LessOrEqual();
            case GREATER -> new Greater();
            case GREATER_OR_EQUAL -> new GreaterOrEqual();
            case AND -> new And();
            case OR -> new Or();
            case XOR -> new Xor();
            case NOT -> new Not();
            case ADD -> new Add();
            case SUB -> new Sub();
            case MUL -> new Mul();
            case MIN -> new Min();
            case MAX -> new Max();
            case NEG -> new Neg();
            case ABS -> new Abs();
            case SELECT -> new Where();
            case CAST -> new Cast(result);
        };
    }

    @ParameterizedTest
    @MethodSource("functions")
    void everyFunctionIsItsDefinition(TypedFunction function, List<DataType> types) {
        assumeTrue(MachineCode.isPossible());
        int cases = CodeTrial.cases(Isa.AVX2, 40);
        for (int seed = 0; seed < cases; seed++) {
            check(seed, function, types);
        }
    }

    private void check(int seed, TypedFunction function, List<DataType> types) {
        var random = new Random(seed);
        var shape = new ArrayList<Long>();
        for (int d = random.nextInt(4); d >= 0; d--) {
            shape.add(random.nextInt(4) == 0 ? 1L : 1L + random.nextInt(d == 0 ? 70 : 6));
        }
        if (seed == 0) {
            // Rows that are divided.
            shape.set(shape.size() - 1, 40_003L);
        }
        var result = types.getLast();
        var inputs = new ArrayList<Tensor>();
        var strides = new ArrayList<List<Long>>();
        for (var type : types.subList(0, types.size() - 1)) {
            var own = new ArrayList<Long>();
            shape.forEach(dim -> own.add(types.size() > 2 && random.nextInt(4) == 0 ? 1L : dim));
            // Where they are only moved, bools stay the bytes that they are.
            boolean isMoved = function == TypedFunction.SELECT && !inputs.isEmpty()
                    || function == TypedFunction.CAST && type == result;
            inputs.add(tensor(
                    random, type, own, function == TypedFunction.CAST && result != DataType.BOOL, isMoved ? 1 : 255));
            strides.add(strides(own));
        }
        var whole = inputs.stream().anyMatch(tensor -> tensor.shape().toList().equals(shape));
        if (!whole) {
            return;
        }
        var request = new TypedRequest(function, types.subList(0, types.size() - 1), result, shape, strides);
        assertThat(kernel.supports(request)).isTrue();
        var output = List.of(new Value("output", TensorType.of(result)));
        var expected = Interpreter.evaluate(
                        op(function, result), inputs.stream().map(Optional::of).toList(), output, "")
                .getFirst();
        try (var trial = new CodeTrial(seed)) {
            inputs.forEach(tensor -> trial.input(tensor.memory().toArray(ValueLayout.JAVA_BYTE)));
            var work = kernel.prepare(request, trial);
            var found = trial.runBytes(work, List.of(result.bytes(Trials.count(shape))));
            assertThat(found.getFirst())
                    .as("seed %d, %s", seed, request)
                    .isEqualTo(expected.memory().toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /// Row-major, 0 where a dimension is repeated.
    private static List<Long> strides(List<Long> own) {
        var strides = new ArrayList<Long>();
        long stride = 1;
        for (long dim : own.reversed()) {
            strides.addFirst(dim == 1 ? 0 : stride);
            stride *= dim;
        }
        return strides;
    }

    private static Tensor tensor(Random random, DataType type, List<Long> shape, boolean isFinite, int strangeTrue) {
        var tensor = Tensor.allocate(type, Shape.of(shape));
        for (long i = 0; i < tensor.size(); i++) {
            if (type == DataType.FLOAT32) {
                tensor.setDouble(i, FLOATS[random.nextInt(isFinite ? FINITE : FLOATS.length)]);
            } else if (type == DataType.BOOL) {
                int value = random.nextInt(8);
                tensor.memory().set(ValueLayout.JAVA_BYTE, i, (byte) (value < 4 ? 0 : value < 7 ? 1 : strangeTrue));
            } else {
                tensor.setLong(i, random.nextInt(4) == 0 ? random.nextLong() : INTS[random.nextInt(INTS.length)]);
            }
        }
        return tensor;
    }

    @Test
    void floatsOutOfRangeBecomeTheNearestInteger() {
        assumeTrue(MachineCode.isPossible());
        float[] values = {
            0x1p63f,
            1e25f,
            -0x1p63f,
            -1e25f,
            0x1.fffffep62f,
            3e9f,
            0x1p31f,
            -0x1p31f,
            -3e9f,
            Float.NaN,
            Float.POSITIVE_INFINITY,
            0x1.fffffep30f,
            -1.9f
        };
        for (var type : List.of(DataType.INT32, DataType.INT64)) {
            var request = new TypedRequest(
                    TypedFunction.CAST,
                    List.of(DataType.FLOAT32),
                    type,
                    List.of((long) values.length),
                    List.of(List.of(1L)));
            try (var trial = new CodeTrial()) {
                trial.input(values);
                var found = trial.runBytes(kernel.prepare(request, trial), List.of(type.bytes(values.length)))
                        .getFirst();
                var integers = MemorySegment.ofArray(found);
                for (int i = 0; i < values.length; i++) {
                    assertThat(
                                    type == DataType.INT32
                                            ? integers.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i)
                                            : integers.getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, i))
                            .isEqualTo(type == DataType.INT32 ? (int) values[i] : (long) values[i]);
                }
            }
        }
    }
}
