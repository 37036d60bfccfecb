package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.quantization.ConvInteger;
import dev.balsa.ir.quantization.QLinearConv;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// A QLinearConv with constant scales becomes what it is defined to be: exact sums (ConvInteger), the bias, the
/// factor that brings them to the scale of the result, in single precision, and rounding.
public final class SpreadQLinearConv implements Rule {
    private static final int WEIGHTS = 3;
    private static final int WEIGHT_SCALE = 4;
    private static final int WEIGHT_ZERO = 5;
    private static final int RESULT_SCALE = 6;
    private static final int RESULT_ZERO = 7;
    private static final int BIAS = 8;

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof QLinearConv op)
                || !node.input(WEIGHTS).type().shape().isKnown()) {
            return Optional.empty();
        }
        var weights = node.input(WEIGHTS).type().shape().known().orElseThrow();
        var bias = view.constant(node.input(BIAS));
        boolean biasFits = !node.input(BIAS).isPresent()
                || bias.filter(tensor -> tensor.size() == weights.dim(0)).isPresent();
        var factors = factors(node, weights.dim(0), view);
        var zero = view.constant(node.input(RESULT_ZERO)).filter(tensor -> tensor.size() == 1);
        if (factors.isEmpty() || zero.isEmpty() || !biasFits) {
            return Optional.empty();
        }
        int rank = weights.rank();
        var inputs = List.of(node.input(0), node.input(WEIGHTS), node.input(2), node.input(WEIGHT_ZERO));
        var chain = new SumChain(node, new ConvInteger(op.window(), op.group()), inputs);
        bias.ifPresent(tensor -> chain.addIntegers(SumChain.byChannel(tensor, rank)));
        return Optional.of(chain.scale(SumChain.byChannel(factors.get(), rank))
                .quantize(node.input(RESULT_ZERO), zero.get().shape())
                .patch(name() + " " + node.label()));
    }

    private static Optional<Tensor> factors(Node node, long outputs, GraphView view) {
        var image = one(node.input(1), view);
        var weights =
                view.constant(node.input(WEIGHT_SCALE)).filter(scale -> scale.size() == 1 || scale.size() == outputs);
        var result = one(node.input(RESULT_SCALE), view);
        if (image.isEmpty() || weights.isEmpty() || result.isEmpty()) {
            return Optional.empty();
        }
        int count = (int) weights.get().size();
        var factors = Tensor.of(new float[count], count);
        for (int i = 0; i < count; i++) {
            factors.setDouble(
                    i,
                    image.get().getFloat(0)
                            * weights.get().getFloat(i)
                            / result.get().getFloat(0));
        }
        return Optional.of(factors).filter(Dequantized::isFinite);
    }

    private static Optional<Tensor> one(Value value, GraphView view) {
        return view.constant(value).filter(tensor -> tensor.size() == 1);
    }
}
