package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.fusion.ChainStep;
import dev.balsa.ir.fusion.Fused;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.elementwise.ElementwiseKernels;
import dev.balsa.kernel.elementwise.ElementwiseRequest;
import dev.balsa.kernel.vector.VectorProvider;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Finds kernels for elementwise operators on float32, alone or in chains.
record ChainLowering(Graph graph, KernelPicker picker) {
    Optional<KernelChoice> chain(Node node) {
        if (node.outputs().size() != 1 || !Chains.isFloat(node.output(0))) {
            return Optional.empty();
        }
        var core = Epilogues.core(node);
        var coreInputs = Epilogues.coreInputs(node);
        if (!node.inputs().stream().allMatch(value -> !value.isPresent() || Chains.isFloat(value))) {
            return Optional.empty();
        }
        var head = Chains.headStage(core, coreInputs, graph);
        if (head.isEmpty()) {
            return Optional.empty();
        }
        var steps = new ArrayList<>(List.of(head.get()));
        if (node.op() instanceof Fused fused) {
            steps.addAll(fused.chain());
        }
        return request(node, steps);
    }

    private Optional<KernelChoice> request(Node node, List<ChainStep> steps) {
        var result = Chains.shape(node.output(0));
        var first = node.input(steps.getFirst().operands().indexOf(ChainStep.CHAIN));
        var operands = new ArrayList<Value>(List.of(first));
        var stages = new ArrayList<Stage>();
        for (var step : steps) {
            stages.add(stage(node, step, operands));
        }
        var strides = operands.stream()
                .map(value -> strides(Chains.shape(value), result))
                .toList();
        var request = new ElementwiseRequest(result.toList(), strides, stages);
        var inPlace = Chains.shape(first).equals(result) ? OptionalInt.of(0) : OptionalInt.empty();
        operands.add(node.output(0));
        return picker.pick(
                ElementwiseKernels.chains(picker.isa(), VectorProvider.best()), request, operands, inPlace, 0);
    }

    private Stage stage(Node node, ChainStep step, List<Value> operands) {
        return switch (KernelStages.of(step, Chains.constants(node.inputs(), graph))
                .orElseThrow()) {
            case KernelStages.Sketch.OfOne(var function, float alpha, float beta) ->
                new Stage.Unary(function, alpha, beta);
            case KernelStages.Sketch.OfTwo(var function, long operand) ->
                new Stage.Binary(function, number(node.inputs().get((int) operand), operands), Stage.Spread.FULL);
        };
    }

    /// The number of an operand. The chain's own beginning gets a second number when a later step reads it too: it
    /// may be overwritten in place by then only if nothing reads it.
    private static int number(Value value, List<Value> operands) {
        int known = operands.lastIndexOf(value);
        if (known > 0) {
            return known;
        }
        operands.add(value);
        return operands.size() - 1;
    }

    static List<Long> strides(Shape operand, Shape result) {
        var own = operand.strides();
        var strides = new ArrayList<Long>();
        int missing = result.rank() - operand.rank();
        for (int axis = 0; axis < result.rank(); axis++) {
            boolean repeated = axis < missing || operand.dim(axis - missing) == 1;
            strides.add(repeated ? 0L : own[axis - missing]);
        }
        return strides;
    }
}
