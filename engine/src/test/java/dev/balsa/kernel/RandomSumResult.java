package dev.balsa.kernel;

import dev.balsa.kernel.Stage.Spread;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A random [SumResult] with stages and operands, and its plain definition, to the last bit.
///
/// @param result what becomes of sums
/// @param epilogue the stages
/// @param operands bytes of the stages' operands, in the order of their numbers
public record RandomSumResult(SumResult result, Epilogue epilogue, List<byte[]> operands) {
    /// Any result.
    ///
    /// @param first the number of its first operand
    /// @param columns of the result
    /// @param count elements of the result
    public static RandomSumResult of(Random random, int first, int columns, int count) {
        boolean biased = random.nextBoolean();
        var type = SumResult.Type.values()[random.nextInt(4)];
        var operands = new ArrayList<byte[]>();
        var stages = new ArrayList<Stage>();
        if (biased) {
            var bias = ByteBuffer.allocate(columns * Integer.BYTES).order(ByteOrder.nativeOrder());
            for (int i = 0; i < columns; i++) {
                bias.putInt(random.nextInt(200_000) - 100_000);
            }
            stages.add(new Stage.Binary(BinaryFunction.ADD, first, Spread.COLUMN));
            operands.add(bias.array());
        }
        if (type == SumResult.Type.INT32) {
            return new RandomSumResult(new SumResult(biased, type, 1, 0), new Epilogue(stages), operands);
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            switch (random.nextInt(4)) {
                case 0 -> stages.add(new Stage.Unary(UnaryFunction.RELU, 0, 0));
                case 1 -> stages.add(new Stage.Unary(UnaryFunction.CLIP, -90.5f, 77));
                default -> {
                    var spread =
                            List.of(Spread.COLUMN, Spread.FULL, Spread.SCALAR).get(random.nextInt(3));
                    int length = switch (spread) {
                        case COLUMN -> columns;
                        case FULL -> count;
                        case SCALAR, ROW -> 1;
                    };
                    var function = random.nextBoolean() ? BinaryFunction.MUL : BinaryFunction.ADD;
                    stages.add(new Stage.Binary(function, first + operands.size(), spread));
                    operands.add(floats(random, length, function == BinaryFunction.MUL ? 0.05f : 100));
                }
            }
        }
        boolean signed = type == SumResult.Type.INT8;
        boolean quantized = signed || type == SumResult.Type.UINT8;
        float scale = !quantized || random.nextBoolean() ? 1 : random.nextFloat() * 3 + 0.01f;
        int zero = !quantized || random.nextInt(3) == 0 ? 0 : random.nextInt(256) - (signed ? 128 : 0);
        return new RandomSumResult(
                new SumResult(biased, type, scale, zero, random.nextBoolean()), new Epilogue(stages), operands);
    }

    private static byte[] floats(Random random, int count, float size) {
        var floats = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.nativeOrder());
        for (int i = 0; i < count; i++) {
            floats.putFloat((random.nextFloat() * 2 - 1) * size);
        }
        return floats.array();
    }

    /// The bytes of the result for sums, row by row.
    public byte[] apply(int[] sums, int columns) {
        var bytes = ByteBuffer.allocate(sums.length * result.bytes()).order(ByteOrder.nativeOrder());
        int first = result.biased() ? 1 : 0;
        for (int i = 0; i < sums.length; i++) {
            int sum = sums[i];
            if (result.biased()) {
                sum += buffer(0).getInt(i % columns * Integer.BYTES);
            }
            if (result.type() == SumResult.Type.INT32) {
                bytes.putInt(sum);
                continue;
            }
            float value = sum;
            int operand = first;
            for (var stage : epilogue.stages().subList(first, epilogue.stages().size())) {
                value = switch (stage) {
                    case Stage.Unary(var function, float low, float high, var _) ->
                        function == UnaryFunction.RELU ? Math.max(0, value) : Math.min(Math.max(value, low), high);
                    case Stage.Binary(var function, int _, var spread, var _) -> {
                        float other = buffer(operand++)
                                .getFloat(Float.BYTES
                                        * switch (spread) {
                                            case COLUMN -> i % columns;
                                            case FULL -> i;
                                            case SCALAR, ROW -> 0;
                                        });
                        yield function == BinaryFunction.MUL ? value * other : value + other;
                    }
                };
            }
            if (result.isQuantized()) {
                double moved = Math.rint(value / result.scale()) + result.zeroPoint();
                bytes.put((byte) (int) Math.clamp(moved, result.lowest(), result.highest()));
            } else {
                bytes.putFloat(value);
            }
        }
        return bytes.array();
    }

    private ByteBuffer buffer(int operand) {
        return ByteBuffer.wrap(operands.get(operand)).order(ByteOrder.nativeOrder());
    }
}
