package dev.balsa.onnx.skeleton;

import dev.balsa.onnx.proto.ElementBits;
import java.util.List;
import java.util.Map;

/// The rule for the elements of one tensor: distribution, mask and element type, as the record in the skeleton says.
///
/// @param name the initialiser's name
/// @param store how values become bytes
/// @param dims the shape
/// @param seed the seed of the values; 0 and unused for constants
/// @param distribution where the values come from
/// @param mask which of them are zero
record SyntheticTensor(String name, Store store, List<Long> dims, long seed, Distribution distribution, Mask mask) {
    SyntheticTensor {
        dims = List.copyOf(dims);
    }

    /// The element types that can be generated.
    enum Store {
        FLOAT32(1, 4),
        UINT8(2, 1),
        INT8(3, 1),
        INT32(6, 4);

        private static final Map<String, Store> BY_NAME =
                Map.of("float32", FLOAT32, "uint8", UINT8, "int8", INT8, "int32", INT32);

        final int onnxType;
        final int bytes;

        Store(int onnxType, int bytes) {
            this.onnxType = onnxType;
            this.bytes = bytes;
        }
    }

    /// Where values come from.
    sealed interface Distribution {}

    /// Nearly normal: the scaled sum of four 16-bit uniform integers, times `std`, plus `mean`.
    record Normal(double mean, double std) implements Distribution {}

    /// Uniform from `lo` up to `hi`.
    record Uniform(double lo, double hi) implements Distribution {}

    /// Always the same.
    record Constant(double value) implements Distribution {}

    /// Which values are replaced by zero.
    sealed interface Mask {}

    /// None.
    record NoMask() implements Mask {}

    /// Those whose standard normal draw is smaller than `below` in magnitude.
    record Magnitude(double below) implements Mask {}

    /// Whole blocks of `block` neighbours along `axis`, each with probability `sparsity`.
    record Block(int axis, long block, double sparsity, long seed) implements Mask {}

    /// The number of elements.
    long elements() {
        return dims.contains(0L) ? 0 : Generator.product(dims);
    }

    /// The size of the data.
    long bytes() {
        return ElementBits.bytes(store.onnxType, elements(), "synthetic tensor \"" + name + "\"");
    }

    /// Reads one record of the description.
    static SyntheticTensor read(Json.Value value) {
        var fields = JsonFields.of(value, "synthetic_initializers");
        var name = fields.text("name");
        fields = JsonFields.of(value, "synthetic tensor \"" + name + "\"");
        var store = Store.BY_NAME.get(fields.text("dtype"));
        if (store == null) {
            throw fields.fault("dtype", "float32, int8, uint8 or int32");
        }
        var dims = fields.integers("shape");
        var distribution = distribution(fields);
        long seed = distribution instanceof Constant ? 0 : fields.seed("seed");
        var mask = fields.has("mask") ? mask(fields.fields("mask"), dims) : new NoMask();
        return new SyntheticTensor(name, store, dims, seed, distribution, mask);
    }

    private static Distribution distribution(JsonFields fields) {
        return switch (fields.text("dist")) {
            case "normal" -> new Normal(fields.number("mean"), fields.number("std"));
            case "uniform" -> new Uniform(fields.number("lo"), fields.number("hi"));
            case "const" -> new Constant(fields.number("value"));
            default -> throw fields.fault("dist", "normal, uniform or const");
        };
    }

    private static Mask mask(JsonFields fields, List<Long> dims) {
        return switch (fields.text("kind")) {
            case "magnitude" -> new Magnitude(fields.number("t_below"));
            case "block" -> {
                long axis = fields.integer("axis");
                long block = fields.integer("block");
                if (axis < 0 || axis >= dims.size()) {
                    throw fields.fault("axis", "an axis of shape " + dims);
                }
                if (block < 1) {
                    throw fields.fault("block", "1 or more");
                }
                yield new Block((int) axis, block, fields.number("sparsity"), fields.seed("seed"));
            }
            default -> throw fields.fault("kind", "magnitude or block");
        };
    }
}
