package dev.balsa.ir.fusion;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Op;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An operator on images whose first input and only output are `[batch, spatial..., channels]` instead of ONNX's
/// `[batch, channels, spatial...]`: what it means is what the operator means between two transpositions.
///
/// Inputs: those of `core`, of which only the first is turned.
///
/// @param core the operator
public record ChannelsLast(Op core) implements Fusion {
    /// Not an operator of ONNX; the name is for messages.
    public static final Schema SCHEMA = Schema.of("ChannelsLast")
            .domain("dev.balsa")
            .rest("inputs", Schema.ANY)
            .out("output");

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    /// The transposition of images from channels first to channels last.
    public static Transpose toLast(int rank) {
        var perm = new ArrayList<Long>(rank);
        for (long i = 0; i < rank; i++) {
            perm.add(i == 0 ? 0 : i == rank - 1 ? 1 : i + 1);
        }
        return new Transpose(perm);
    }

    /// The transposition of images from channels last to channels first.
    public static Transpose toFirst(int rank) {
        var perm = new ArrayList<Long>(rank);
        for (long i = 0; i < rank; i++) {
            perm.add(i == 0 ? 0 : i == 1 ? rank - 1 : i - 1);
        }
        return new Transpose(perm);
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var types = core.infer(new Turned(in));
        var first = types.getFirst();
        return List.of(first.shape().hasRank() ? last(first) : first);
    }

    /// The type of an image of the given type once its channels are last.
    public static TensorType last(TensorType type) {
        return type.withShape(turned(type.shape(), toLast(type.shape().rank())));
    }

    private static SymbolicShape turned(SymbolicShape shape, Transpose how) {
        var dims = new ArrayList<Dim>();
        for (int axis : how.order(shape.rank())) {
            dims.add(shape.dim(axis));
        }
        return SymbolicShape.of(dims);
    }

    @Override
    public void evaluate(Evaluation run) {
        var inputs = new ArrayList<Optional<Tensor>>();
        for (int i = 0; i < run.inputs(); i++) {
            inputs.add(run.has(i) ? Optional.of(run.input(i)) : Optional.empty());
        }
        int rank = run.input(0).shape().rank();
        inputs.set(0, Optional.of(run.apply(toFirst(rank), List.of(inputs.getFirst()))));
        run.pass(0, run.apply(toLast(rank), List.of(Optional.of(run.apply(core, inputs)))));
    }

    /// The view that the operator has of the node.
    private record Turned(Inference whole) implements Inference {
        @Override
        public int inputs() {
            return whole.inputs();
        }

        @Override
        public int outputs() {
            return whole.outputs();
        }

        @Override
        public boolean has(int index) {
            return whole.has(index);
        }

        @Override
        public TensorType type(int index) {
            var type = whole.type(index);
            return index == 0 && type.shape().hasRank()
                    ? type.withShape(turned(type.shape(), toFirst(type.shape().rank())))
                    : type;
        }

        @Override
        public Optional<Tensor> constant(int index) {
            return index == 0 ? Optional.empty() : whole.constant(index);
        }

        @Override
        public Optional<List<Dim>> contents(int index) {
            return index == 0 ? Optional.empty() : whole.contents(index);
        }

        @Override
        public List<TensorType> infer(Graph body, List<TensorType> inputs) {
            return whole.infer(body, inputs);
        }
    }
}
