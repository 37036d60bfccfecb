package dev.balsa.rewrite;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.balsa.ir.Node;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.normalization.BatchNormalization;
import dev.balsa.ir.window.Conv;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A batch normalisation after a convolution with constant weights goes into weights and bias:
/// `scale / sqrt(variance + epsilon)` times each output channel, and what is left as its bias.
public final class BatchNormIntoConv implements Rule {
    /// Weights that are scaled at once.
    private static final int PART = 1024;

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof Conv) || node.output(0).type().dtype() != DataType.FLOAT32) {
            return Optional.empty();
        }
        var norm = view.soleConsumer(node.output(0)).filter(BatchNormIntoConv::isInference);
        var weights = view.constant(node.input(1));
        boolean constant = norm.isPresent()
                && norm.get().inputs().subList(1, 5).stream()
                        .allMatch(value -> view.constant(value).isPresent())
                && (!node.input(2).isPresent() || view.constant(node.input(2)).isPresent());
        return weights.isPresent() && constant && fits(weights.get(), norm.get(), view)
                ? Optional.of(fold(node, norm.get(), view))
                : Optional.empty();
    }

    /// Whether there is a parameter for each output channel; where not, the node fails in the run with its place.
    private static boolean fits(Tensor weights, Node norm, GraphView view) {
        return weights.size() > 0
                && weights.shape().rank() > 2
                && norm.inputs().subList(1, 5).stream()
                        .map(value -> view.constant(value).orElseThrow())
                        .allMatch(
                                parameter -> parameter.size() == weights.shape().dim(0));
    }

    private static boolean isInference(Node node) {
        return node.op() instanceof BatchNormalization norm
                && !norm.training()
                && !norm.perElement()
                && !node.output(1).isPresent();
    }

    private Patch fold(Node conv, Node node, GraphView view) {
        var norm = (BatchNormalization) node.op();
        var parameters = new ArrayList<Tensor>();
        node.inputs()
                .subList(1, 5)
                .forEach(value -> parameters.add(view.constant(value).orElseThrow()));
        var weights = view.constant(conv.input(1)).orElseThrow();
        var bias = view.constant(conv.input(2));
        int channels = (int) weights.shape().dim(0);
        var foldedWeights = Tensor.allocate(weights.type(), weights.shape());
        var foldedBias = Tensor.of(new float[channels], channels);
        long kernel = weights.size() / channels;
        for (int channel = 0; channel < channels; channel++) {
            double factor = parameters.get(0).getDouble(channel)
                    / Math.sqrt(parameters.get(3).getDouble(channel) + norm.epsilon());
            double old = bias.isPresent() ? bias.get().getDouble(channel) : 0;
            foldedBias.setDouble(
                    channel,
                    (old - parameters.get(2).getDouble(channel)) * factor
                            + parameters.get(1).getDouble(channel));
            scale(weights, foldedWeights, channel * kernel, (channel + 1) * kernel, factor);
        }
        return patch(conv, node, foldedWeights, foldedBias);
    }

    private static void scale(Tensor weights, Tensor target, long from, long to, double factor) {
        if (weights.type() == DataType.FLOAT32) {
            scaleFloats(weights.memory(), target.memory(), from, to, factor);
            return;
        }
        for (long i = from; i < to; i++) {
            target.setDouble(i, weights.getDouble(i) * factor);
        }
    }

    /// By way of an array, which code that has only begun to run reads much faster than segments.
    private static void scaleFloats(MemorySegment weights, MemorySegment target, long from, long to, double factor) {
        var part = new float[(int) Math.min(PART, to - from)];
        for (long at = from; at < to; at += part.length) {
            int length = (int) Math.min(part.length, to - at);
            MemorySegment.copy(weights, JAVA_FLOAT_UNALIGNED, at * Float.BYTES, part, 0, length);
            scale(part, length, factor);
            MemorySegment.copy(part, 0, target, JAVA_FLOAT_UNALIGNED, at * Float.BYTES, length);
        }
    }

    private static void scale(float[] part, int length, double factor) {
        for (int i = 0; i < length; i++) {
            part[i] = (float) (part[i] * factor);
        }
    }

    private Patch patch(Node conv, Node norm, Tensor weights, Tensor bias) {
        var stem = norm.output(0).name();
        var weightsValue = new Value(stem + ".weights", TensorType.of(weights));
        var biasValue = new Value(stem + ".bias", TensorType.of(bias));
        Map<Value, Tensor> constants = new LinkedHashMap<>();
        constants.put(weightsValue, weights);
        constants.put(biasValue, bias);
        var folded = new Node(
                conv.name(), conv.op(), List.of(conv.input(0), weightsValue, biasValue), List.of(norm.output(0)));
        return new Patch(name() + " " + conv.label(), List.of(conv, norm), List.of(folded), constants, Map.of());
    }
}
