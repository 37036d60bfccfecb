package dev.balsa.rewrite.packing;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Node;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.indexing.Gather;
import dev.balsa.ir.view.Reshape;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/// What becomes of operators that move elements, and of those that number places.
final class PlaceRules {
    private static final int STARTS = 1;
    private static final int ENDS = 2;
    private static final int AXES = 3;
    private static final int STEPS = 4;

    private final Emission emission;
    private final AxisGroups groups;

    PlaceRules(Emission emission) {
        this.emission = emission;
        groups = new AxisGroups(emission.batch(), emission.sequence());
    }

    /// Other dimensions of the same elements in the same order.
    Optional<List<Packed>> viewed(Node node, List<Packed> inputs) {
        var data = inputs.getFirst();
        var types = emission.paddedTypes(node.op(), inputs, 1);
        boolean isUsable =
                inputs.stream().skip(1).allMatch(input -> input.is(Content.FIXED) || input.is(Content.LENGTHS));
        if (!isUsable || types.isEmpty() || !types.get().getFirst().shape().hasRank()) {
            return Optional.empty();
        }
        return groups.after(
                        data.padded().type().shape().list(),
                        data.axes(),
                        types.get().getFirst().shape().list())
                .flatMap(axes -> emission.add(node, inputs, axes, data.content(), data.effect()));
    }

    Optional<List<Packed>> transposed(Node node, Transpose op, List<Packed> inputs) {
        var data = inputs.getFirst();
        var axes = new ArrayList<Axis>();
        for (int i = 0; i < data.rank(); i++) {
            axes.add(data.axis(
                    op.perm().isEmpty() ? data.rank() - 1 - i : op.perm().get(i).intValue()));
        }
        return data.content().isOfPairs()
                ? Optional.empty()
                : emission.add(node, inputs, axes, data.content(), data.effect());
    }

    /// Copies along dimensions of length 1; of a mask also for each token.
    Optional<List<Packed>> expanded(Node node, List<Packed> inputs) {
        var data = inputs.getFirst();
        var types = emission.paddedTypes(node.op(), inputs, 1);
        boolean isUsable = data.isOfTokens()
                && (inputs.get(1).is(Content.LENGTHS) || inputs.get(1).is(Content.FIXED));
        if (!isUsable || types.isEmpty() || !types.get().getFirst().shape().hasRank()) {
            return Optional.empty();
        }
        var dims = types.get().getFirst().shape().list();
        var axes = new ArrayList<Axis>();
        for (int i = 0; i < dims.size(); i++) {
            int own = i - dims.size() + data.rank();
            var axis = own < 0 ? Axis.PLAIN : data.axis(own);
            if (axis == Axis.PLAIN && dims.get(i).sameAs(emission.sequence())) {
                if (!data.is(Content.MASK)) {
                    return Optional.empty();
                }
                axis = Axis.REPEATED;
            } else if (axis == Axis.PLAIN && !dims.get(i).isKnown()) {
                axis = Axis.BATCH;
            }
            axes.add(axis);
        }
        return axes.stream().filter(axis -> axis == Axis.BATCH).count() <= 1
                ? emission.add(node, inputs, axes, data.content(), data.effect())
                : Optional.empty();
    }

    /// A tensor of one number, or of numbers that repeat for each text and token.
    Optional<List<Packed>> filled(Node node, List<Packed> inputs) {
        var types = emission.paddedTypes(node.op(), inputs, 1);
        if (types.isEmpty() || !types.get().getFirst().shape().hasRank()) {
            return Optional.empty();
        }
        var axes = new ArrayList<Axis>();
        for (var dim : types.get().getFirst().shape().list()) {
            var axis = axis(dim);
            if (axis.isEmpty() || axis.get() != Axis.PLAIN && axes.contains(axis.get())) {
                return Optional.empty();
            }
            axes.add(axis.get());
        }
        return emission.add(node, inputs, axes, Content.DATA);
    }

    private Optional<Axis> axis(Dim length) {
        if (length.isKnown()) {
            return Optional.of(Axis.PLAIN);
        }
        if (length.sameAs(emission.batch())) {
            return Optional.of(Axis.BATCH);
        }
        if (length.sameAs(emission.sequence())) {
            return Optional.of(Axis.TOKEN);
        }
        return length.sameAs(emission.batch().times(emission.sequence())) ? Optional.of(Axis.ROWS) : Optional.empty();
    }

    private boolean isOne(Packed value, Dim element) {
        return emission.contents(value).filter(List.of(element)::equals).isPresent();
    }

    /// Whether a range counts the tokens of a text from 0.
    boolean countsTokens(List<Packed> inputs) {
        return isOne(inputs.get(0), Dim.of(0))
                && isOne(inputs.get(1), emission.sequence())
                && isOne(inputs.get(2), Dim.of(1));
    }

    /// The position of each token.
    Optional<List<Packed>> positions(Node node) {
        // What is looked up by them is not followed.
        emission.limitTokens(0);
        return emission.addOne(
                        node.name(),
                        new Cast(node.output(0).type().dtype()),
                        node.output(0).name(),
                        List.of(emission.positions()),
                        List.of(Axis.TOKEN),
                        Content.DATA)
                .map(List::of);
    }

    /// Whether as many places of a constant are taken as a text has tokens, from the first on.
    boolean takesPositions(List<Packed> inputs) {
        return inputs.getFirst().is(Content.FIXED)
                && isOne(inputs.get(STARTS), Dim.of(0))
                && isOne(inputs.get(ENDS), emission.sequence())
                && inputs.size() > AXES
                && emission.numbers(inputs.get(AXES))
                        .filter(axes -> axes.size() == 1)
                        .isPresent()
                && (inputs.size() <= STEPS
                        || !inputs.get(STEPS).value().isPresent()
                        || isOne(inputs.get(STEPS), Dim.of(1)));
    }

    /// The places of a constant that belong to the positions of tokens.
    Optional<List<Packed>> positions(Node node, List<Packed> inputs) {
        var data = inputs.getFirst();
        long axis = emission.numbers(inputs.get(AXES)).orElseThrow().getFirst();
        var axes = new ArrayList<>(data.axes());
        int at = Axes.normalize(axis, data.rank());
        axes.set(at, Axis.TOKEN);
        emission.limitTokens(data.length(at).get());
        return emission.addOne(
                        node.name(),
                        new Gather(axis),
                        node.output(0).name(),
                        List.of(data, emission.positions()),
                        axes,
                        Content.DATA)
                .map(List::of);
    }

    /// Some places of plain dimensions, or the first token of each text.
    Optional<List<Packed>> sliced(Node node, List<Packed> inputs) {
        var data = inputs.getFirst();
        var starts = emission.numbers(inputs.get(STARTS));
        if (!data.isOfTokens() || starts.isEmpty()) {
            return Optional.empty();
        }
        boolean hasAxes = inputs.size() > AXES && inputs.get(AXES).value().isPresent();
        var axes = hasAxes
                ? emission.numbers(inputs.get(AXES))
                : Optional.of(LongStream.range(0, starts.get().size()).boxed().toList());
        if (axes.isEmpty()) {
            return Optional.empty();
        }
        if (axes.get().size() == 1
                && isOfTexts(data, axes.get().getFirst())
                && isOne(inputs.get(STARTS), Dim.of(0))
                && isOne(inputs.get(ENDS), Dim.of(1))) {
            return Optional.of(List.of(firsts(node, data, true)));
        }
        boolean arePlain =
                axes.get().stream().allMatch(axis -> data.axis(Axes.normalize(axis, data.rank())) == Axis.PLAIN);
        return arePlain ? emission.add(node, inputs, data.axes(), Content.DATA) : Optional.empty();
    }

    private static boolean isOfTexts(Packed data, long axis) {
        return Axes.normalize(axis, data.rank()) == 1
                && data.axis(0) == Axis.BATCH
                && data.axis(1) == Axis.TOKEN
                && data.axes().stream().skip(2).allMatch(each -> each == Axis.PLAIN);
    }

    /// Rows of a constant by numbers of tokens, places of a plain dimension by constants, or the first token of
    /// each text.
    Optional<List<Packed>> gathered(Node node, Gather op, List<Packed> inputs) {
        var data = inputs.get(0);
        var indices = inputs.get(1);
        int axis = Axes.normalize(op.axis(), data.rank());
        boolean byTokens = data.is(Content.FIXED) && indices.isOfTokens();
        boolean ofTokens = data.isOfTokens() && indices.is(Content.FIXED);
        if (ofTokens && isOfTexts(data, axis) && indices.rank() <= 1 && isOne(indices, Dim.of(0))) {
            return Optional.of(List.of(firsts(node, data, indices.rank() == 1)));
        }
        if (!byTokens && !ofTokens || data.axis(axis) != Axis.PLAIN) {
            return Optional.empty();
        }
        var axes = new ArrayList<>(data.axes().subList(0, axis));
        axes.addAll(indices.axes());
        axes.addAll(data.axes().subList(axis + 1, data.rank()));
        return emission.add(node, inputs, axes, Content.DATA);
    }

    /// The first token of each text.
    ///
    /// @param keeps whether the dimension of tokens stays, with length 1
    private Packed firsts(Node node, Packed data, boolean keeps) {
        var output = node.output(0);
        var plain = data.value().type().shape().list().subList(2, data.rank());
        var dims = new ArrayList<>(plain);
        dims.addFirst(Emission.TEXTS);
        dims.addFirst(Dim.of(1));
        var type = data.value().type();
        var gathered = new Value(Emission.PREFIX + "firsts/" + output.name(), type.withShape(SymbolicShape.of(dims)));
        emission.addUnlike(
                node.name(), new Gather(1), gathered, List.of(data.value(), emission.firsts()), gathered, List.of());
        dims.removeFirst();
        var padded = new ArrayList<>(plain);
        padded.addFirst(emission.batch());
        if (keeps) {
            dims.add(1, Dim.of(1));
            padded.add(1, Dim.of(1));
        }
        var axes = new ArrayList<>(Collections.nCopies(dims.size(), Axis.PLAIN));
        axes.set(0, Axis.TEXT);
        var shape = new Value(Emission.PREFIX + "shape/" + output.name(), TensorType.of(DataType.INT64, dims.size()));
        var lengths =
                dims.stream().mapToLong(dim -> dim.isKnown() ? dim.get() : -1).toArray();
        emission.constants().put(shape, Tensor.of(lengths, lengths.length));
        return emission.addUnlike(
                node.name(),
                new Reshape(false),
                new Value(output.name(), type.withShape(SymbolicShape.of(dims))),
                List.of(gathered, shape),
                new Value(output.name(), type.withShape(SymbolicShape.of(padded))),
                axes);
    }
}
