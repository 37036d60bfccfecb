package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.normalization.BatchNormalization;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A batch normalisation that no convolution has taken up becomes a product and a sum by channel, which other
/// operators can take up: `y = x factor + shift`, with the numbers computed in double precision.
public final class SpreadBatchNorm implements Rule {
    private static final int LEAST_RANK = 2;

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof BatchNormalization norm)
                || norm.training()
                || norm.perElement()
                || node.output(1).isPresent()
                || node.output(0).type().dtype() != DataType.FLOAT32
                || !node.input(0).type().shape().hasRank()
                || node.input(0).type().shape().rank() < LEAST_RANK) {
            return Optional.empty();
        }
        var parameters = new ArrayList<Tensor>();
        node.inputs().subList(1, 5).forEach(value -> view.constant(value).ifPresent(parameters::add));
        var channels = node.input(0).type().shape().dim(1);
        boolean fits = parameters.size() == 4
                && channels.isKnown()
                && parameters.stream().allMatch(parameter -> parameter.size() == channels.get());
        return fits ? Optional.of(patch(node, norm, parameters)) : Optional.empty();
    }

    private Patch patch(Node node, BatchNormalization norm, List<Tensor> parameters) {
        int channels = (int) parameters.getFirst().size();
        var dims = new long[node.input(0).type().shape().rank() - 1];
        Arrays.fill(dims, 1);
        dims[0] = channels;
        var factors = new float[channels];
        var shifts = new float[channels];
        for (int channel = 0; channel < channels; channel++) {
            double factor = parameters.get(0).getDouble(channel)
                    / Math.sqrt(parameters.get(3).getDouble(channel) + norm.epsilon());
            factors[channel] = (float) factor;
            shifts[channel] = (float)
                    (parameters.get(1).getDouble(channel) - parameters.get(2).getDouble(channel) * factor);
        }
        var output = node.output(0);
        Map<Value, Tensor> constants = new LinkedHashMap<>();
        var factor = constant(output.name() + ".factor", Tensor.of(factors, dims), constants);
        var shift = constant(output.name() + ".shift", Tensor.of(shifts, dims), constants);
        var scaled = new Value(output.name() + ".scaled", output.type());
        return new Patch(
                name() + " " + node.label(),
                List.of(node),
                List.of(
                        new Node(node.name(), new Mul(), List.of(node.input(0), factor), List.of(scaled)),
                        new Node(node.name(), new Add(), List.of(scaled, shift), List.of(output))),
                constants,
                Map.of());
    }

    private static Value constant(String name, Tensor tensor, Map<Value, Tensor> constants) {
        var value = new Value(name, TensorType.of(tensor));
        constants.put(value, tensor);
        return value;
    }
}
