package dev.balsa.ir.assembly;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Op;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The input cut along an axis into as many parts as there are outputs (ONNX Split, opset 1 to 18).
///
/// @param axis the axis, negative counted from the back
/// @param parts how many parts to make, the last one smaller if need be; 0 if the `split` input gives their lengths, or
///     else the parts must be equal
public record Split(long axis, long parts) implements Assembly {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Split")
            .in("input", Schema.ANY)
            .optional("split", Set.of(DataType.INT64))
            .variadicOut("outputs")
            .reader(Split::read);

    /// @throws ModelFormatException if the number of parts is negative
    public Split {
        if (parts < 0) {
            throw new ModelFormatException(
                    "attribute \"num_outputs\": expected 1 or more, found " + parts + "; check the model");
        }
    }

    private static Op read(NodeReader node) {
        if (node.opset() < 13) {
            readLengths(node);
        }
        return new Split(node.integer("axis", 0), node.opset() < 18 ? 0 : node.integer("num_outputs", 0));
    }

    /// Before opset 13 the lengths are an attribute; in opset 1 they may also be an input of the data's type.
    private static void readLengths(NodeReader node) {
        if (node.has("split")) {
            var lengths =
                    node.integers("split").stream().mapToLong(Long::longValue).toArray();
            node.setInput(1, node.constant(Tensor.of(lengths, lengths.length)));
        } else if (node.input(1).isPresent()) {
            var lengths = node.constant(1)
                    .orElseThrow(() -> node.unsupported("an input \"split\" (opset 1) that is not constant"))
                    .toLongArray();
            node.setInput(1, node.constant(Tensor.of(lengths, lengths.length)));
        }
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var data = in.shape(0);
        if (!data.hasRank()) {
            return Collections.nCopies(in.outputs(), in.type(0));
        }
        int at = Axes.normalize(axis, data.rank());
        return lengths(in, data.dim(at)).stream()
                .map(length -> in.type(0).withShape(data.with(at, length)))
                .toList();
    }

    /// The length of each part.
    private List<Dim> lengths(Inference in, Dim whole) {
        if (in.has(1)) {
            var given = in.contents(1);
            if (given.isEmpty()) {
                return Collections.nCopies(in.outputs(), Dim.UNKNOWN);
            }
            check(given.get(), in.outputs(), whole);
            return given.get();
        }
        if (whole.isKnown()) {
            return equalParts(whole.get(), in.outputs()).stream().map(Dim::of).toList();
        }
        // An uneven last part is not a polynomial of the whole.
        var part = parts == 0 || in.outputs() == 1 ? whole.dividedBy(Dim.of(in.outputs())) : Dim.UNKNOWN;
        return Collections.nCopies(in.outputs(), part);
    }

    private static void check(List<Dim> lengths, int outputs, Dim whole) {
        var sum = lengths.stream().reduce(Dim.of(0), Dim::plus);
        boolean isNegative = lengths.stream().anyMatch(dim -> dim.isKnown() && dim.get() < 0);
        if (lengths.size() != outputs || isNegative || !sum.mayEqual(whole)) {
            throw new ShapeException("cannot split a dimension of length " + whole + " into " + lengths + "; expected "
                    + outputs + " lengths of that sum; check the split input");
        }
    }

    private List<Long> equalParts(long whole, int outputs) {
        if (parts != 0 && parts != outputs) {
            throw new ShapeException("attribute \"num_outputs\" is " + parts + ", but the node has " + outputs
                    + " outputs; expected the same number; check the model");
        }
        if (outputs == 0 || parts == 0 && whole % outputs != 0) {
            throw new ShapeException("cannot split a dimension of length " + whole + " into " + outputs
                    + " equal parts; expected a multiple; give the lengths in the split input");
        }
        long part = whole / outputs + (whole % outputs == 0 ? 0 : 1);
        var lengths = new ArrayList<Long>();
        long rest = whole;
        for (int i = 0; i < outputs; i++) {
            lengths.add(Math.min(part, rest));
            rest -= lengths.getLast();
        }
        return lengths;
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        var data = in.contents(0);
        var first = in.numbers(1).filter(lengths -> !lengths.isEmpty()).map(List::getFirst);
        if (!in.shape(0).hasRank() || in.shape(0).rank() != 1 || data.isEmpty() || first.isEmpty()) {
            return Optional.empty();
        }
        return first.get() >= 0 && first.get() <= data.get().size()
                ? Optional.of(data.get().subList(0, first.get().intValue()))
                : Optional.empty();
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        int at = Axes.normalize(axis, x.shape().rank());
        var lengths = lengths(run, x.shape().dim(at));
        long inner = x.shape().size(at + 1, x.shape().rank());
        long start = 0;
        for (int i = 0; i < lengths.size(); i++) {
            var dims = x.shape().toArray();
            dims[at] = lengths.get(i);
            var y = run.output(i, x.type(), Shape.of(dims));
            copyPart(y, x, start * inner, at);
            start += lengths.get(i);
        }
    }

    private List<Long> lengths(Evaluation run, long whole) {
        if (!run.has(1)) {
            return equalParts(whole, run.outputs());
        }
        var lengths = Arrays.stream(run.input(1).toLongArray()).boxed().toList();
        check(lengths.stream().map(Dim::of).toList(), run.outputs(), Dim.of(whole));
        return lengths;
    }

    private static void copyPart(Tensor y, Tensor x, long first, int axis) {
        if (y.size() == 0) {
            return;
        }
        long block = y.shape().size(axis, y.shape().rank());
        long pitch = x.shape().size(axis, x.shape().rank());
        for (long row = 0; row * block < y.size(); row++) {
            y.copyElements(row * block, x, row * pitch + first, block);
        }
    }
}
