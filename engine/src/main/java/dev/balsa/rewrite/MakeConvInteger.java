package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.quantization.ConvInteger;
import dev.balsa.ir.window.Conv;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// A convolution of dequantised images with dequantised constant weights becomes one of the integers
/// (ConvInteger), whose sums are then multiplied by the scales, before the bias is added. Sums are exact, those of
/// floats were not.
public final class MakeConvInteger implements Rule {
    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof Conv op)) {
            return Optional.empty();
        }
        var image = Dequantized.of(node.input(0), view).filter(Dequantized::isWhole);
        var weights = Dequantized.of(node.input(1), view)
                .filter(made -> view.constant(made.data()).isPresent());
        var bias = view.constant(node.input(2));
        if (image.isEmpty() || weights.isEmpty() || node.input(2).isPresent() && bias.isEmpty()) {
            return Optional.empty();
        }
        var shape = view.constant(weights.get().data()).orElseThrow().shape();
        if (shape.rank() < 2
                || !weights.get().isAlong(0, shape.rank())
                || bias.filter(tensor -> tensor.size() != shape.dim(0)).isPresent()) {
            return Optional.empty();
        }
        int count = (int) weights.get().scale().size();
        var factors = Tensor.of(new float[count], count);
        for (int i = 0; i < count; i++) {
            factors.setDouble(i, image.get().scaleAt(0) * weights.get().scaleAt(i));
        }
        if (!Dequantized.isFinite(factors)) {
            return Optional.empty();
        }
        var inputs = List.of(
                image.get().data(),
                weights.get().data(),
                image.get().zeroPoint(),
                weights.get().zeroPoint());
        var chain = new SumChain(node, new ConvInteger(op.window(), op.group()), inputs)
                .scale(SumChain.byChannel(factors, shape.rank()));
        bias.ifPresent(tensor -> chain.add(chain.constant("addend", SumChain.byChannel(tensor, shape.rank()))));
        return Optional.of(chain.patch(name() + " " + node.label()));
    }
}
