package dev.balsa.cli.input;

import dev.balsa.TensorInfo;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Finds a length for every dimension of a model's inputs. For one model.
///
/// What is given counts first: shapes of whole inputs, which also give their symbols a length everywhere, then lengths
/// of symbols. The rest follows from names: `batch` and what stands in its place is the batch, `past` is 0, `total` is
/// past and sequence together, `height` and `width` and the last two axes of pictures are 224, `samples` are 16000, a
/// channel is 1, and everything else is a sequence of 128.
public final class InputShapes {
    private static final long SEQUENCE = 128;
    private static final long PICTURE = 224;
    private static final long SAMPLES = 16_000;

    private final Optional<Long> batch;
    private final Map<String, List<Long>> given;
    private final Function<String, RuntimeException> wrong;
    private final Map<String, Long> symbols = new HashMap<>();
    private boolean batchUsed;

    /// @param given dimensions by the name of an input or a symbol
    InputShapes(Optional<Long> batch, Map<String, List<Long>> given, Function<String, RuntimeException> wrong) {
        this.batch = batch;
        this.given = given;
        this.wrong = wrong;
    }

    /// The length of a symbolic dimension, if an input has fixed it by now.
    Optional<Long> symbol(String name) {
        return Optional.ofNullable(symbols.get(name));
    }

    /// Notes that an input has this shape, and its symbols these lengths.
    void bind(TensorInfo input, Shape shape) {
        var dims = input.dims();
        if (dims.isEmpty() || dims.get().size() != shape.rank()) {
            return;
        }
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (isSymbol(dims.get().get(axis))) {
                symbols.putIfAbsent(dims.get().get(axis), shape.dim(axis));
            }
        }
    }

    /// The shapes of all inputs, by name.
    ///
    /// @throws RuntimeException as made by `wrong`, if something was given that the model has no place for
    Map<String, Shape> resolve(List<TensorInfo> inputs) {
        var known = inputs.stream().map(TensorInfo::name).toList();
        for (var input : inputs) {
            if (given.containsKey(input.name())) {
                bind(input, Shape.of(given.get(input.name())));
            }
        }
        given.forEach((name, dims) -> {
            if (!known.contains(name)) {
                giveSymbol(inputs, name, dims);
            }
        });
        var shapes = new LinkedHashMap<String, Shape>();
        for (var input : inputs) {
            var dims = given.get(input.name());
            shapes.put(input.name(), dims != null ? Shape.of(dims) : resolve(input));
        }
        if (batch.isPresent() && !batchUsed) {
            throw wrong.apply(
                    "--batch " + batch.get() + ": no input has an open batch dimension; inputs are " + inputs);
        }
        return shapes;
    }

    private void giveSymbol(List<TensorInfo> inputs, String name, List<Long> dims) {
        boolean exists = inputs.stream()
                .flatMap(input -> input.dims().stream().flatMap(List::stream))
                .anyMatch(name::equals);
        if (!exists || dims.size() != 1) {
            throw wrong.apply("--shape " + name + ": neither an input nor a symbolic dimension; inputs are " + inputs);
        }
        symbols.put(name, dims.getFirst());
    }

    private Shape resolve(TensorInfo input) {
        var lengths = new ArrayList<Long>();
        var dims = input.dims().orElse(List.of());
        for (int axis = 0; axis < dims.size(); axis++) {
            var fixed = input.length(axis);
            lengths.add(fixed.isPresent() ? fixed.getAsLong() : length(dims, axis));
        }
        return Shape.of(lengths);
    }

    private long length(List<String> dims, int axis) {
        var name = dims.get(axis);
        var known = symbols.get(name);
        batchUsed |= isBatch(name, axis);
        if (known != null) {
            return known;
        }
        long length = guess(dims, axis);
        if (isSymbol(name)) {
            symbols.put(name, length);
        }
        return length;
    }

    private long guess(List<String> dims, int axis) {
        var name = dims.get(axis).toLowerCase(Locale.ROOT);
        if (isBatch(name, axis)) {
            return batch.orElse(1L);
        }
        if (name.contains("total") || name.contains("past") && name.contains("+")) {
            return longest("past", 0) + longest("seq", SEQUENCE);
        }
        if (name.contains("past")) {
            return 0;
        }
        if (name.contains("sample")) {
            return SAMPLES;
        }
        if (name.contains("channel")) {
            return 1;
        }
        boolean picture = name.contains("height") || name.contains("width") || dims.size() == 4 && axis >= 2;
        return picture ? PICTURE : SEQUENCE;
    }

    /// The length of the symbol whose name has `part` in it and nothing of `total`.
    private long longest(String part, long fallback) {
        return symbols.entrySet().stream()
                .filter(entry -> {
                    var name = entry.getKey().toLowerCase(Locale.ROOT);
                    return name.contains(part)
                            && !name.contains("total")
                            && !name.contains("+")
                            && (part.equals("past") || !name.contains("past"));
                })
                .mapToLong(Map.Entry::getValue)
                .max()
                .orElse(fallback);
    }

    private static boolean isSymbol(String dim) {
        return !dim.equals("?") && !dim.chars().allMatch(Character::isDigit);
    }

    private static boolean isBatch(String dim, int axis) {
        var name = dim.toLowerCase(Locale.ROOT);
        boolean nameless = name.equals("?")
                || name.equals("n")
                || name.equals("b")
                || name.equals("none")
                || name.startsWith("unk");
        return name.contains("batch") || axis == 0 && nameless;
    }
}
