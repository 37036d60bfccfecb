package dev.balsa.plan;

import dev.balsa.cpu.Isa;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.Value;
import dev.balsa.ir.contraction.Gemm;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.ir.elementwise.Elementwise;
import dev.balsa.ir.fusion.ChainStep;
import dev.balsa.ir.fusion.ChannelsLast;
import dev.balsa.ir.fusion.Fused;
import dev.balsa.ir.quantization.MatMulInteger;
import dev.balsa.ir.window.Conv;
import dev.balsa.ir.window.ConvTranspose;
import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.rewrite.FuseChain;
import dev.balsa.rewrite.GraphView;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;

/// Which chains of operators the kernels do in one go: on float32 of known shapes, without change of shape, or
/// behind sums of products of integers ([IntegerChain]).
///
/// @param isa the highest level that kernels may use
record Chains(Isa isa) implements FuseChain.Acceptance {
    @Override
    public boolean head(Node node, GraphView view) {
        if (IntegerChain.isHead(Epilogues.core(node))) {
            return node.output(0).type().shape().isKnown()
                    && IntegerLowering.accepts(Epilogues.core(node), Epilogues.coreInputs(node), view.graph(), isa);
        }
        if (!isFloat(node.output(0))
                || !node.inputs().stream().allMatch(value -> !value.isPresent() || isFloat(value))) {
            return false;
        }
        var core = Epilogues.core(node);
        return isDense(core) || headStage(core, node.inputs(), view.graph()).isPresent();
    }

    static boolean isDense(Op op) {
        return switch (op) {
            case Conv _, ConvTranspose _, MatMul _, Gemm _ -> true;
            case ChannelsLast(Conv _), ChannelsLast(ConvTranspose _) -> true;
            default -> false;
        };
    }

    static boolean isFloat(Value value) {
        return value.type().dtype() == DataType.FLOAT32 && value.type().shape().isKnown();
    }

    /// An elementwise operator as the first step of a chain that begins with one of its inputs: the first one, or the
    /// second if only that is as large as the result, which then may take its place.
    static Optional<ChainStep> headStage(Op op, List<Value> inputs, Graph graph) {
        if (!(op instanceof Elementwise) || inputs.isEmpty()) {
            return Optional.empty();
        }
        return isSecondLarger(inputs)
                ? headStage(op, inputs, 1, graph).or(() -> headStage(op, inputs, 0, graph))
                : headStage(op, inputs, 0, graph);
    }

    private static boolean isSecondLarger(List<Value> inputs) {
        return inputs.size() == 2
                && inputs.stream().allMatch(input -> input.isPresent() && isFloat(input))
                && shape(inputs.get(0)).size() < shape(inputs.get(1)).size();
    }

    private static Optional<ChainStep> headStage(Op op, List<Value> inputs, int first, Graph graph) {
        var operands = new ArrayList<Long>();
        for (int i = 0; i < inputs.size(); i++) {
            operands.add(i == first ? ChainStep.CHAIN : inputs.get(i).isPresent() ? (long) i : ChainStep.LEFT_OUT);
        }
        var step = new ChainStep(op, operands);
        return KernelStages.of(step, constants(inputs, graph)).map(_ -> step);
    }

    static LongFunction<Optional<Tensor>> constants(List<Value> inputs, Graph graph) {
        return index -> index < 0 ? Optional.empty() : graph.constant(inputs.get((int) index));
    }

    @Override
    public boolean follows(Fused fused, Value headOutput, Node next, List<Value> inputs, GraphView view) {
        var head = fused.core();
        var step = fused.chain().getLast();
        var output = next.output(0);
        if (IntegerChain.isHead(head)) {
            var previous = next.inputs().get(step.operands().indexOf(ChainStep.CHAIN));
            if (IntegerChain.follows(headOutput, previous, next, step, inputs, view)) {
                return true;
            }
        }
        if (!(next.op() instanceof Elementwise)
                || !isFloat(output)
                || !output.type().shape().equals(headOutput.type().shape())
                || !next.inputs().stream().allMatch(value -> !value.isPresent() || isFloat(value))) {
            return false;
        }
        var sketch = KernelStages.of(step, constants(inputs, view.graph()));
        return sketch.isPresent()
                && operandFits(head, output, sketch.get(), inputs)
                && isForCode(fused, inputs, view.graph());
    }

    /// Whether code is written for as many operands as a chain has; where there is no code for its head, any number
    /// will do.
    private boolean isForCode(Fused fused, List<Value> inputs, Graph graph) {
        boolean hasCode = VectorUnit.of(isa).isPresent()
                && !(fused.core() instanceof Conv || fused.core() instanceof ConvTranspose);
        return !hasCode
                || inputs.size() <= StageCode.MOST_OPERANDS
                || operands(fused, inputs, graph).size() <= StageCode.MOST_OPERANDS;
    }

    /// The inputs of a chain that its stages read.
    private static Set<Value> operands(Fused fused, List<Value> inputs, Graph graph) {
        var coreInputs = inputs.subList(0, fused.coreInputs());
        var operands = new HashSet<Value>();
        if (isBiased(fused.core(), coreInputs)) {
            operands.add(inputs.get(2));
        }
        var steps = new ArrayList<>(fused.chain());
        headStage(fused.core(), coreInputs, graph).ifPresent(steps::add);
        for (var step : steps) {
            if (KernelStages.of(step, constants(inputs, graph)).orElse(null)
                    instanceof KernelStages.Sketch.OfTwo(var _, long operand)) {
                operands.add(inputs.get((int) operand));
            }
        }
        return operands;
    }

    /// Whether an operator's bias is added by a stage.
    private static boolean isBiased(Op core, List<Value> inputs) {
        return switch (core) {
            case Gemm _, ChannelsLast(Conv _), ChannelsLast(ConvTranspose _) ->
                inputs.size() > 2 && inputs.get(2).isPresent();
            default -> false;
        };
    }

    private static boolean operandFits(Op head, Value output, KernelStages.Sketch sketch, List<Value> inputs) {
        return switch (sketch) {
            case KernelStages.Sketch.OfOne _ -> true;
            case KernelStages.Sketch.OfTwo(var _, long operand) when operand < 0 -> false;
            case KernelStages.Sketch.OfTwo(var _, long operand) ->
                spread(head, inputs, shape(output), shape(inputs.get((int) operand)))
                        .isPresent();
        };
    }

    /// How an operand lies over the result of a head; elementwise heads take any that broadcasts to it.
    ///
    /// @param inputs those of the head first
    static Optional<Spread> spread(Op head, List<Value> inputs, Shape result, Shape operand) {
        return switch (head) {
            case Conv _, ConvTranspose _ -> Spreads.overPlanes(result, operand);
            // The kernel sees a product with a vector as a matrix of one column, which the result no longer is.
            case MatMul _
            when shape(inputs.get(1)).rank() == 1 ->
                Spreads.overRows(result, operand).filter(spread -> spread != Spread.COLUMN);
            case MatMul _, Gemm _, ChannelsLast _, MatMulInteger _ -> Spreads.overRows(result, operand);
            default -> Optional.of(Spread.FULL);
        };
    }

    static Shape shape(Value value) {
        return value.type().shape().known().orElseThrow();
    }
}
