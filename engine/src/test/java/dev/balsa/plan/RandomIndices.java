package dev.balsa.plan;

import static dev.balsa.plan.Trial.dims;
import static dev.balsa.plan.Trial.floats;

import dev.balsa.ir.indexing.GatherElements;
import dev.balsa.ir.indexing.GatherND;
import dev.balsa.ir.indexing.ScatterElements;
import dev.balsa.ir.indexing.ScatterND;
import dev.balsa.ir.indexing.ScatterReduction;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/// Random gathers and scatters, by places along an axis and by tuples of indices.
final class RandomIndices {
    /// One in so many indices is out of range.
    private static final int RARELY = 200;

    /// What is scattered besides floats; kernels reduce some of these types only.
    private static final List<DataType> VALUES = List.of(
            DataType.FLOAT64,
            DataType.INT32,
            DataType.INT64,
            DataType.UINT64,
            DataType.INT8,
            DataType.FLOAT16,
            DataType.BFLOAT16);

    private RandomIndices() {}

    static Trial trial(Random random) {
        int rank = random.nextInt(1, 5);
        var data = dims(random, rank);
        return random.nextBoolean() ? elements(random, data) : tuples(random, data);
    }

    private static long index(Random random, long size) {
        return size == 0 ? 0 : random.nextLong(-size, size + (random.nextInt(RARELY) == 0 ? 1 : 0));
    }

    private static Trial elements(Random random, long[] data) {
        int axis = random.nextInt(data.length);
        var dims = LongStream.of(data).map(size -> random.nextLong(size + 1)).toArray();
        dims[axis] = data[axis] == 0 ? 0 : random.nextInt(1, 9);
        var type = random.nextBoolean() ? DataType.INT64 : DataType.INT32;
        var indices = Tensor.allocate(type, Shape.of(dims));
        for (long i = 0; i < indices.size(); i++) {
            indices.setLong(i, index(random, data[axis]));
        }
        long named = random.nextBoolean() ? axis : axis - data.length;
        if (random.nextBoolean()) {
            return Trial.of(new GatherElements(named), floats(random, data), indices);
        }
        var values = values(random);
        return Trial.of(
                new ScatterElements(named, reduction(random)),
                numbers(random, values, data),
                indices,
                numbers(random, values, dims));
    }

    private static Trial tuples(Random random, long[] data) {
        boolean gather = random.nextBoolean();
        int batchDims = gather ? random.nextInt(data.length) : 0;
        int length = random.nextInt(1, data.length - batchDims + 1);
        var leading = dims(random, random.nextInt(3));
        var dims = LongStream.concat(
                        LongStream.concat(LongStream.of(data).limit(batchDims), LongStream.of(leading)),
                        LongStream.of(length))
                .toArray();
        var indices = Tensor.allocate(DataType.INT64, Shape.of(dims));
        for (long i = 0; i < indices.size(); i++) {
            indices.setLong(i, index(random, data[batchDims + (int) (i % length)]));
        }
        if (gather) {
            return Trial.of(new GatherND(batchDims), floats(random, data), indices);
        }
        var updates = LongStream.concat(LongStream.of(leading), Arrays.stream(data, length, data.length))
                .toArray();
        var values = values(random);
        return Trial.of(
                new ScatterND(reduction(random)),
                numbers(random, values, data),
                indices,
                numbers(random, values, updates));
    }

    private static ScatterReduction reduction(Random random) {
        var all = ScatterReduction.values();
        return random.nextBoolean() ? ScatterReduction.NONE : all[random.nextInt(all.length)];
    }

    private static DataType values(Random random) {
        return random.nextBoolean() ? DataType.FLOAT32 : VALUES.get(random.nextInt(VALUES.size()));
    }

    private static Tensor numbers(Random random, DataType type, long[] dims) {
        var tensor = Tensor.allocate(type, Shape.of(dims));
        for (long i = 0; i < tensor.size(); i++) {
            if (type.isFloat()) {
                tensor.setDouble(i, random.nextInt(16) == 0 ? Double.NaN : random.nextGaussian());
            } else {
                tensor.setLong(i, random.nextLong());
            }
        }
        return tensor;
    }
}
