package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.ir.fusion.ChainStep;
import dev.balsa.ir.fusion.ChannelsLast;
import dev.balsa.ir.fusion.Fused;
import dev.balsa.ir.quantization.ConvInteger;
import dev.balsa.ir.quantization.MatMulInteger;
import dev.balsa.ir.quantization.QuantizeLinear;
import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.SumResult;
import dev.balsa.rewrite.GraphView;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/// What follows exact sums of products of integers, as far as kernels do it in one go: the addition of a bias of
/// integers, the conversion to floats, elementwise functions, and quantisation; each of them may be left out, but
/// nothing follows sums that are not converted.
final class IntegerChain {
    private static final float MODERATE = 1e20f;

    private IntegerChain() {}

    /// Whether an operator sums up products of integers.
    static boolean isHead(Op op) {
        return switch (op) {
            case MatMulInteger _, ConvInteger _ -> true;
            case ChannelsLast(ConvInteger _) -> true;
            default -> false;
        };
    }

    /// Whether `next` may follow; functions of floats are another question.
    ///
    /// @param sums what the head gives
    /// @param previous the result that `next` takes
    static boolean follows(Value sums, Value previous, Node next, ChainStep step, List<Value> inputs, GraphView view) {
        return switch (next.op()) {
            case Add _ -> {
                boolean first = previous.equals(sums)
                        && view.producer(sums)
                                .filter(head -> head.op() instanceof Fused)
                                .isEmpty();
                long other = step.operands().get(step.operands().getFirst() == ChainStep.CHAIN ? 1 : 0);
                yield first
                        && previous.type().dtype() == DataType.INT32
                        && other >= 0
                        && next.output(0).type().equals(sums.type())
                        && isBias(Chains.shape(sums), inputs.get((int) other));
            }
            case Cast(var to) -> previous.type().dtype() == DataType.INT32 && to == DataType.FLOAT32;
            case QuantizeLinear op -> isQuantization(op, step, Chains.constants(inputs, view.graph()));
            default -> false;
        };
    }

    private static boolean isBias(Shape sums, Value value) {
        return value.type().shape().isKnown()
                && Spreads.overRows(sums, Chains.shape(value)).equals(Optional.of(Spread.COLUMN));
    }

    private static boolean isQuantization(QuantizeLinear op, ChainStep step, LongFunction<Optional<Tensor>> constants) {
        var operands = step.operands();
        boolean isPlain = op.blockSize() == 0
                && op.precision().isEmpty()
                && (op.to() == DataType.INT8 || op.to() == DataType.UINT8);
        boolean moves = operands.size() > 2 && operands.get(2) != ChainStep.LEFT_OUT;
        return isPlain
                && operands.getFirst() == ChainStep.CHAIN
                && constants
                        .apply(operands.get(1))
                        .filter(scale -> scale.type() == DataType.FLOAT32 && scale.size() == 1)
                        .isPresent()
                && (!moves
                        || constants
                                .apply(operands.get(2))
                                .filter(zero -> zero.size() == 1)
                                .isPresent());
    }

    /// What becomes of the sums of a node, whose chain has gone through [#follows]; the stages and their operands
    /// are added to `epilogues`.
    static SumResult result(Node node, Graph graph, Epilogues epilogues) {
        if (!(node.op() instanceof Fused fused)) {
            return SumResult.SUMS;
        }
        var steps = fused.chain();
        int next = 0;
        boolean biased = steps.getFirst().op() instanceof Add;
        if (biased) {
            var operands = steps.getFirst().operands();
            long other = operands.get(operands.getFirst() == ChainStep.CHAIN ? 1 : 0);
            epilogues.bias(node.input((int) other), Spread.COLUMN);
            next++;
        }
        if (next == steps.size()) {
            return new SumResult(biased, SumResult.Type.INT32, 1, 0);
        }
        next++;
        boolean quantizes = steps.getLast().op() instanceof QuantizeLinear;
        epilogues.chain(node, steps.subList(next, quantizes ? steps.size() - 1 : steps.size()));
        if (!quantizes) {
            return new SumResult(biased, SumResult.Type.FLOAT32, 1, 0);
        }
        var operands = steps.getLast().operands();
        var constants = Chains.constants(node.inputs(), graph);
        float scale = constants.apply(operands.get(1)).orElseThrow().getFloat(0);
        boolean moves = operands.size() > 2 && operands.get(2) != ChainStep.LEFT_OUT;
        int zeroPoint =
                moves ? (int) constants.apply(operands.get(2)).orElseThrow().getLong(0) : 0;
        boolean ordered = isOrdered(steps.subList(next, steps.size() - 1), constants);
        boolean signed = ((QuantizeLinear) steps.getLast().op()).to() == DataType.INT8;
        return new SumResult(biased, signed ? SumResult.Type.INT8 : SumResult.Type.UINT8, scale, zeroPoint, ordered);
    }

    /// Whether functions of sums are never NaN: products with one constant and sums with others, all of them far
    /// from the ends of what floats can be.
    private static boolean isOrdered(List<ChainStep> steps, LongFunction<Optional<Tensor>> constants) {
        int products = 0;
        for (var step : steps) {
            boolean isKnown = switch (step.op()) {
                case Relu _ -> true;
                case Mul _, Add _ -> {
                    products += step.op() instanceof Mul ? 1 : 0;
                    long other = step.operands().get(step.operands().getFirst() == ChainStep.CHAIN ? 1 : 0);
                    yield constants
                            .apply(other)
                            .filter(IntegerChain::isModerate)
                            .isPresent();
                }
                default -> false;
            };
            if (!isKnown) {
                return false;
            }
        }
        return products <= 1;
    }

    private static boolean isModerate(Tensor tensor) {
        for (long i = 0; i < tensor.size(); i++) {
            // False for NaN.
            if (!(Math.abs(tensor.getFloat(i)) <= MODERATE)) {
                return false;
            }
        }
        return true;
    }
}
