package dev.balsa.plan;

import dev.balsa.ir.Op;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// One operator with operands.
///
/// @param fixed the operands that are constants wherever a kernel is to be found
record Trial(Op op, List<Optional<Tensor>> operands, List<Integer> fixed) {
    static Trial of(Op op, Tensor... operands) {
        return new Trial(op, List.of(operands).stream().map(Optional::of).toList(), List.of());
    }

    /// The same with another operand.
    Trial and(Tensor operand) {
        var all = new ArrayList<>(operands);
        all.add(Optional.of(operand));
        return new Trial(op, all, fixed);
    }

    /// The same with another operand, if a coin says so; left out otherwise.
    Trial maybe(Random random, Tensor operand) {
        return random.nextBoolean() ? and(operand) : without();
    }

    /// The same with an operand left out.
    Trial without() {
        var all = new ArrayList<>(operands);
        all.add(Optional.empty());
        return new Trial(op, all, fixed);
    }

    /// The same with another operand that is constant.
    Trial fixed(Tensor operand) {
        var also = new ArrayList<>(fixed);
        also.add(operands.size());
        var all = and(operand);
        return new Trial(op, all.operands, also);
    }

    /// The same with int64 numbers as a constant operand.
    Trial fixed(List<Long> numbers) {
        return fixed(longs(numbers));
    }

    static Tensor longs(List<Long> numbers) {
        return Tensor.of(numbers.stream().mapToLong(Long::longValue).toArray(), numbers.size());
    }

    /// Normally distributed floats.
    static Tensor floats(Random random, long... dims) {
        var tensor = Tensor.allocate(DataType.FLOAT32, Shape.of(dims));
        fill(random, tensor);
        return tensor;
    }

    /// Floats between 0.5 and 2.
    static Tensor positive(Random random, long... dims) {
        var tensor = Tensor.allocate(DataType.FLOAT32, Shape.of(dims));
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setDouble(i, 0.5 + 1.5 * random.nextDouble());
        }
        return tensor;
    }

    private static void fill(Random random, Tensor tensor) {
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setDouble(i, random.nextGaussian());
        }
    }

    /// A length: mostly small, sometimes 0 or past the widest vectors and tiles.
    static long length(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> 0;
            case 1, 2 -> 1;
            case 3 -> random.nextInt(17, 70);
            default -> random.nextInt(2, 9);
        };
    }

    /// A shape of the given rank with at most a few thousand elements.
    static long[] dims(Random random, int rank) {
        var dims = new long[rank];
        do {
            for (int i = 0; i < rank; i++) {
                dims[i] = length(random);
            }
        } while (Shape.of(dims).size() > 6000);
        return dims;
    }

    /// A shape that broadcasts to `dims`.
    static long[] under(Random random, long[] dims) {
        int dropped = random.nextInt(3) == 0 ? random.nextInt(dims.length + 1) : 0;
        var own = new long[dims.length - dropped];
        boolean full = random.nextInt(3) == 0;
        for (int i = 0; i < own.length; i++) {
            own[i] = !full && random.nextBoolean() ? 1 : dims[i + dropped];
        }
        return own;
    }
}
