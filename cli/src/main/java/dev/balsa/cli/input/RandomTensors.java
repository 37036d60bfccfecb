package dev.balsa.cli.input;

import dev.balsa.TensorInfo;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Locale;
import java.util.SplittableRandom;

/// Makes inputs up: random where any value will do, and what models expect where the name of an input tells it.
///
/// Floats are uniform from -1 to 1, 8-bit integers cover their range, other integers are from 0 to 9. By name: masks
/// are ones, positions count up from the number of past tokens, token types are 0, ids are below a given number, a
/// sample rate is 16000.
///
/// @param seed the same seed gives the same tensor for the same input
/// @param ids above all ids
/// @param pastLength how many tokens come before those of the inputs
record RandomTensors(long seed, int ids, long pastLength) {
    private static final long SAMPLE_RATE = 16_000;
    private static final int MOST_OTHERS = 10;

    Tensor make(TensorInfo input, Shape shape, Arena arena) {
        var tensor = Tensor.allocate(input.type(), shape, arena);
        var random = new SplittableRandom(seed ^ (long) input.name().hashCode() << 20);
        if (input.type() == DataType.STRING) {
            for (long i = 0; i < tensor.size(); i++) {
                tensor.setString(i, Integer.toString(random.nextInt(ids)));
            }
        } else if (input.type().isFloat()) {
            fillFloats(input, tensor, random);
        } else {
            fillIntegers(input, tensor, random);
        }
        return tensor;
    }

    private static void fillFloats(TensorInfo input, Tensor tensor, SplittableRandom random) {
        boolean mask = isMask(input.name());
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setDouble(i, mask ? 1 : 2 * random.nextDouble() - 1);
        }
    }

    private void fillIntegers(TensorInfo input, Tensor tensor, SplittableRandom random) {
        var name = lower(input);
        long last = tensor.shape().rank() == 0 ? 1 : tensor.shape().dim(-1);
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setLong(i, integer(name, input.type(), i, last, random));
        }
    }

    private long integer(String name, DataType type, long index, long last, SplittableRandom random) {
        if (name.contains("mask")) {
            return 1;
        }
        if (name.contains("token_type") || name.contains("segment")) {
            return 0;
        }
        if (name.contains("position")) {
            return pastLength + index % last;
        }
        if (name.equals("sr") || name.contains("sample_rate")) {
            return SAMPLE_RATE;
        }
        if (name.contains("ids") || name.contains("token")) {
            return random.nextInt(ids);
        }
        if (type == DataType.BOOL) {
            return random.nextInt(2);
        }
        return type.bits() == 8 ? random.nextInt(1 << 8) : random.nextInt(MOST_OTHERS);
    }

    /// Whether an input of this name tells tokens from padding.
    static boolean isMask(String name) {
        return name.toLowerCase(Locale.ROOT).contains("mask");
    }

    private static String lower(TensorInfo input) {
        return input.name().toLowerCase(Locale.ROOT);
    }
}
