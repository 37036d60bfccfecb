package dev.balsa.ir.fusion;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Op;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An operator whose (first and only) output goes through a chain of elementwise operators: what it means is what the
/// operators mean one after the other.
///
/// Inputs: those of `core`, as many as `coreInputs`, then the other operands of the chain.
///
/// @param core the operator at the head
/// @param coreInputs how many of the inputs are the core's
/// @param chain what follows; no step changes the shape
public record Fused(Op core, int coreInputs, List<ChainStep> chain) implements Fusion {
    /// Not an operator of ONNX; the name is for messages.
    public static final Schema SCHEMA =
            Schema.of("Fused").domain("dev.balsa").rest("inputs", Schema.ANY).out("output");

    /// Copies the list.
    public Fused {
        chain = List.copyOf(chain);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var type = core.infer(new Part(in, coreOperands(), in.outputs(), List.of()))
                .getFirst();
        for (var step : chain) {
            type = step.op()
                    .infer(new Part(in, step.operands(), 1, List.of(type)))
                    .getFirst();
        }
        return List.of(type);
    }

    private List<Long> coreOperands() {
        var operands = new ArrayList<Long>();
        for (long i = 0; i < coreInputs; i++) {
            operands.add(i);
        }
        return operands;
    }

    @Override
    public void evaluate(Evaluation run) {
        var result = apply(run, core, coreOperands(), Optional.empty());
        for (var step : chain) {
            result = apply(run, step.op(), step.operands(), Optional.of(result));
        }
        run.pass(0, result);
    }

    private static Tensor apply(Evaluation run, Op op, List<Long> operands, Optional<Tensor> chain) {
        var inputs =
                operands.stream().map(operand -> operand(run, operand, chain)).toList();
        return run.apply(op, inputs);
    }

    private static Optional<Tensor> operand(Evaluation run, long operand, Optional<Tensor> chain) {
        if (operand == ChainStep.CHAIN) {
            return chain;
        }
        int index = (int) operand;
        return operand == ChainStep.LEFT_OUT || !run.has(index) ? Optional.empty() : Optional.of(run.input(index));
    }

    /// The view that one operator of the chain has of the whole node.
    private record Part(Inference whole, List<Long> operands, int outputs, List<TensorType> chain)
            implements Inference {
        @Override
        public int inputs() {
            return operands.size();
        }

        @Override
        public boolean has(int index) {
            return index < operands.size() && (isChain(index) || operands.get(index) >= 0 && whole.has(outer(index)));
        }

        private boolean isChain(int index) {
            return operands.get(index) == ChainStep.CHAIN;
        }

        private int outer(int index) {
            return operands.get(index).intValue();
        }

        @Override
        public TensorType type(int index) {
            return isChain(index) ? chain.getFirst() : whole.type(outer(index));
        }

        @Override
        public Optional<Tensor> constant(int index) {
            return has(index) && !isChain(index) ? whole.constant(outer(index)) : Optional.empty();
        }

        @Override
        public Optional<List<Dim>> contents(int index) {
            return has(index) && !isChain(index) ? whole.contents(outer(index)) : Optional.empty();
        }

        @Override
        public List<TensorType> infer(Graph body, List<TensorType> inputs) {
            return whole.infer(body, inputs);
        }
    }
}
