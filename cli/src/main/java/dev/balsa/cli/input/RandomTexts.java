package dev.balsa.cli.input;

import dev.balsa.TensorInfo;
import dev.balsa.error.ShapeException;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Requests of texts of random lengths, padded to the longest of each request. For one thread.
///
/// Inputs are of shape `[batch, sequence, ...]`. What is called a mask is 1 for tokens and 0 for padding, where
/// other integers are 0, too.
public final class RandomTexts {
    /// Ids that every vocabulary has.
    private static final int LEAST_IDS = 100;

    private final List<TensorInfo> inputs;
    private final int batch;
    private final int least;
    private final int most;
    private final int first;
    private final long seed;
    private final SplittableRandom random;
    private int made;

    /// @param inputs of a model
    /// @param batch texts of a request
    /// @param least tokens of a text
    /// @param most tokens of a text
    /// @param first tokens of the first text of each request; 0 for as many as the others may have
    /// @throws ShapeException if the model's inputs are no texts
    public RandomTexts(List<TensorInfo> inputs, int batch, int least, int most, int first, long seed) {
        for (var input : inputs) {
            boolean isText = input.dims().isPresent()
                    && input.dims().get().size() >= 2
                    && input.length(0).isEmpty()
                    && input.length(1).isEmpty();
            if (!isText) {
                throw new ShapeException("input \"" + input.name() + "\": expected texts, of two open dimensions, "
                        + "batch and sequence; found " + input + "; choose a model whose inputs are such");
            }
        }
        this.inputs = List.copyOf(inputs);
        this.batch = batch;
        this.least = least;
        this.most = most;
        this.first = first;
        this.seed = seed;
        random = new SplittableRandom(seed);
    }

    /// A request.
    ///
    /// @param tensors by the name of an input
    /// @param tokens of all texts
    public record Request(Map<String, Tensor> tensors, int tokens) {
        /// The shapes of the tensors.
        public Map<String, Shape> shapes() {
            var shapes = new LinkedHashMap<String, Shape>();
            tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
            return shapes;
        }
    }

    /// The next request, in memory of `arena`.
    public Request next(Arena arena) {
        var lengths = new int[batch];
        Arrays.setAll(lengths, _ -> random.nextInt(least, most + 1));
        lengths[0] = first > 0 ? first : lengths[0];
        int longest = Arrays.stream(lengths).max().orElseThrow();
        var maker = new RandomTensors(seed + made++, LEAST_IDS, 0);
        var tensors = new LinkedHashMap<String, Tensor>();
        for (var input : inputs) {
            var tensor = maker.make(input, shape(input, longest), arena);
            if (tensor.type() != DataType.STRING && !tensor.type().isFloat()) {
                clearPadding(tensor, lengths, longest);
            }
            tensors.put(input.name(), tensor);
        }
        return new Request(tensors, Arrays.stream(lengths).sum());
    }

    private Shape shape(TensorInfo input, int longest) {
        var dims = new long[input.dims().orElseThrow().size()];
        Arrays.setAll(
                dims,
                axis -> axis == 0
                        ? batch
                        : axis == 1 ? longest : input.length(axis).orElse(1));
        return Shape.of(dims);
    }

    private static void clearPadding(Tensor tensor, int[] lengths, int longest) {
        long row = tensor.size() / ((long) lengths.length * longest);
        for (int text = 0; text < lengths.length; text++) {
            for (long at = lengths[text] * row; at < longest * row; at++) {
                tensor.setLong((long) text * longest * row + at, 0);
            }
        }
    }
}
