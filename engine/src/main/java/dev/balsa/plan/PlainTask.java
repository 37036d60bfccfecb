package dev.balsa.plan;

import dev.balsa.error.InternalException;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.OperatorFailure;
import dev.balsa.ir.OutputLimit;
import dev.balsa.run.HostTask;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// A node run by its operator's plain definition; bodies of control operators run as programs of their own.
///
/// @param bodies the compiled bodies of a control operator
/// @param mostBytes how large an output may be whose shape only the run tells
record PlainTask(Node node, List<CompiledGraph> bodies, long mostBytes) implements HostTask {
    /// Copies the list.
    PlainTask {
        bodies = List.copyOf(bodies);
    }

    @Override
    public void run(Call call) {
        try {
            node.op().evaluate(new Evaluating(call, call.inputs()));
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw OperatorFailure.of(e).within(node.label());
        }
    }

    private final class Evaluating implements Evaluation {
        private final Call call;
        private final List<Optional<Tensor>> inputs;

        Evaluating(Call call, List<Optional<Tensor>> inputs) {
            this.call = call;
            this.inputs = inputs;
        }

        @Override
        public int inputs() {
            return inputs.size();
        }

        @Override
        public int outputs() {
            return node.outputs().size();
        }

        @Override
        public boolean has(int index) {
            return index < inputs.size() && inputs.get(index).isPresent();
        }

        @Override
        public Tensor input(int index) {
            return inputs.get(index).orElseThrow();
        }

        @Override
        public boolean wants(int index) {
            return node.output(index).isPresent();
        }

        @Override
        public Tensor output(int index, DataType type, Shape shape) {
            if (!wants(index)) {
                return Tensor.allocate(type, shape);
            }
            var planned = call.planned(index);
            if (planned.isEmpty()) {
                OutputLimit.check(index, type, shape, mostBytes);
                var tensor = Tensor.allocate(type, shape);
                call.set(index, tensor);
                return tensor;
            }
            check(index, planned.get(), type, shape);
            return planned.get();
        }

        @Override
        public void pass(int index, Tensor tensor) {
            if (!wants(index)) {
                return;
            }
            var planned = call.planned(index);
            if (planned.isEmpty()) {
                call.set(index, isInput(tensor) ? copy(tensor) : tensor);
            } else {
                check(index, planned.get(), tensor.type(), tensor.shape());
                planned.get().copyFrom(tensor);
            }
        }

        /// Whether the tensor lives where an input does, whose memory may serve something else after this step.
        private boolean isInput(Tensor tensor) {
            for (var input : inputs) {
                if (input.isPresent()
                        && (input.get() == tensor
                                || input.get()
                                        .memory()
                                        .asOverlappingSlice(tensor.memory())
                                        .isPresent())) {
                    return true;
                }
            }
            return false;
        }

        private static Tensor copy(Tensor tensor) {
            var copy = Tensor.allocate(tensor.type(), tensor.shape());
            copy.copyFrom(tensor);
            return copy;
        }

        private void check(int index, Tensor planned, DataType type, Shape shape) {
            if (planned.type() != type || !planned.shape().equals(shape)) {
                throw new InternalException("output " + index + " was planned as " + planned + ", but is " + type + " "
                        + shape + "; the operator's shape rule and its definition disagree");
            }
        }

        @Override
        public Tensor apply(Op op, List<Optional<Tensor>> operands) {
            var output = List.of(node.output(0));
            return Interpreter.evaluate(op, operands, output, op.schema().name(), mostBytes)
                    .getFirst();
        }

        @Override
        public List<Tensor> run(Graph body, List<Tensor> bodyInputs) {
            for (var compiled : bodies) {
                if (compiled.isOf(body)) {
                    return compiled.runNested(call.stream(), bodyInputs, call.depth() + 1);
                }
            }
            throw new InternalException("graph \"" + body.name() + "\" is no body of " + node.label());
        }
    }
}
