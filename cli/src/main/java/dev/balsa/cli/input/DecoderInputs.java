package dev.balsa.cli.input;

import dev.balsa.TensorInfo;
import dev.balsa.error.ShapeException;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/// What a decoder is given beside its past: random tokens of one text, their positions, and a mask that shows
/// all. For one thread.
///
/// All are integers or truth values of shape `[batch, tokens]`. What is called a mask has an element for each
/// token that was before, too; what is called positions counts on.
public final class DecoderInputs {
    /// Ids that every vocabulary has.
    private static final int LEAST_IDS = 100;

    private final List<TensorInfo> inputs;
    private final SplittableRandom random;

    /// @param inputs of a model, but for its past
    /// @throws ShapeException if they are others than a decoder's
    public DecoderInputs(List<TensorInfo> inputs, long seed) {
        for (var input : inputs) {
            boolean isUsual = input.dims().isPresent()
                    && input.dims().get().size() == 2
                    && (input.type().isInteger() || input.type() == DataType.BOOL);
            if (!isUsual) {
                throw new ShapeException(
                        "input \"" + input.name() + "\": expected tokens, positions or a mask, integers of "
                                + "shape [batch, tokens]; found " + input + "; choose a model whose inputs are such");
            }
        }
        this.inputs = List.copyOf(inputs);
        random = new SplittableRandom(seed);
    }

    /// The next tokens, in memory of `arena`.
    ///
    /// @param before how many tokens were before
    public Map<String, Tensor> next(long before, int tokens, Arena arena) {
        var tensors = new LinkedHashMap<String, Tensor>();
        for (var input : inputs) {
            var name = input.name().toLowerCase(Locale.ROOT);
            boolean isMask = name.contains("mask");
            boolean counts = name.contains("position");
            var tensor = Tensor.allocate(input.type(), Shape.of(1, isMask ? before + tokens : tokens), arena);
            for (long i = 0; i < tensor.size(); i++) {
                tensor.setLong(i, isMask ? 1 : counts ? before + i : random.nextInt(LEAST_IDS));
            }
            tensors.put(input.name(), tensor);
        }
        return tensors;
    }
}
