package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.Value;
import dev.balsa.ir.fusion.ChainStep;
import dev.balsa.ir.fusion.Fused;
import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.UnaryFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// Collects the epilogue of a dense kernel and the operands that it names. Used once.
final class Epilogues {
    private final Graph graph;
    private final List<Value> operands;
    /// How many of them are the kernel's own.
    private final int own;
    private final List<Stage> stages = new ArrayList<>();

    /// @param operands the operands of the kernel itself; those of the epilogue follow
    Epilogues(Graph graph, List<Value> operands) {
        this.graph = graph;
        this.operands = new ArrayList<>(operands);
        own = operands.size();
    }

    /// The operator at the head of a node's chain, or its only one.
    static Op core(Node node) {
        return node.op() instanceof Fused fused ? fused.core() : node.op();
    }

    /// The inputs of the operator at the head.
    static List<Value> coreInputs(Node node) {
        return node.op() instanceof Fused fused ? node.inputs().subList(0, fused.coreInputs()) : node.inputs();
    }

    /// Adds a bias, if it is there.
    Epilogues bias(Value bias, Spread spread) {
        if (bias.isPresent()) {
            stages.add(new Stage.Binary(BinaryFunction.ADD, operand(bias), spread));
        }
        return this;
    }

    /// Multiplies by a number.
    Epilogues scale(float factor) {
        if (factor != 1) {
            stages.add(new Stage.Unary(UnaryFunction.AFFINE, factor, 0));
        }
        return this;
    }

    /// Adds the chain of a fused node.
    Epilogues chain(Node node) {
        return node.op() instanceof Fused fused ? chain(node, fused.chain()) : this;
    }

    /// Adds steps of the chain of a fused node.
    Epilogues chain(Node node, List<ChainStep> steps) {
        steps.forEach(step -> stages.add(stage(node, step)));
        return this;
    }

    private Stage stage(Node node, ChainStep step) {
        return switch (KernelStages.of(step, Chains.constants(node.inputs(), graph))
                .orElseThrow()) {
            case KernelStages.Sketch.OfOne(var function, float alpha, float beta) ->
                new Stage.Unary(function, alpha, beta);
            case KernelStages.Sketch.OfTwo(var function, long operand) -> {
                var value = node.inputs().get((int) operand);
                var spread =
                        Chains.spread(core(node), node.inputs(), Chains.shape(node.output(0)), Chains.shape(value));
                yield new Stage.Binary(function, operand(value), spread.orElseThrow());
            }
        };
    }

    /// The number of an operand; the same value keeps its number.
    private int operand(Value value) {
        int known = operands.indexOf(value);
        if (known >= 0) {
            return known;
        }
        operands.add(value);
        return operands.size() - 1;
    }

    Epilogue epilogue() {
        return new Epilogue(stages);
    }

    /// The operand that the result may be written over: the first one of its shape, unless the kernel itself reads
    /// that, which sees more of it than the element at hand.
    OptionalInt residual() {
        return epilogue().firstFull().stream().filter(operand -> operand >= own).findFirst();
    }

    /// All operands with the output at the end.
    List<Value> operands(Value output) {
        var all = new ArrayList<>(operands);
        all.add(output);
        return all;
    }
}
