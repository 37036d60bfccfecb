package dev.balsa.rewrite.packing;

import dev.balsa.error.BalsaException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Node;
import dev.balsa.ir.NodeTyping;
import dev.balsa.ir.Op;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.attention.SegmentMask;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The nodes of a packed graph as they come, with their types as they are and as they would be where texts are
/// padded.
///
/// Both must agree: what stands for texts is 1, what stands for tokens of a text is all tokens.
final class Emission {
    /// What the names of values begin with that packing makes.
    static final String PREFIX = "packed/";
    /// How many tokens there are in all.
    static final Dim TOKENS = Dim.symbol("packed_tokens");
    /// How many texts there are.
    static final Dim TEXTS = Dim.symbol("packed_texts");

    private final Dim batch;
    private final Dim sequence;
    private final Map<Value, Tensor> constants;
    private final NodeTyping packed;
    private final NodeTyping padded;
    private final List<Node> nodes = new ArrayList<>();
    private final Value positions;
    private final Value ranges;
    private final Value firsts;
    private Optional<Packed> segments = Optional.empty();
    private boolean readsFirsts;
    private long mostTokens = Long.MAX_VALUE;

    /// @param constants of the graph
    Emission(Dim batch, Dim sequence, Map<Value, Tensor> constants) {
        this.batch = batch;
        this.sequence = sequence;
        this.constants = new LinkedHashMap<>(constants);
        packed = new NodeTyping(this.constants);
        padded = new NodeTyping(this.constants);
        positions = input("positions", DataType.INT64, TOKENS);
        ranges = input("ranges", DataType.INT32, TOKENS, Dim.of(2));
        firsts = input("firsts", DataType.INT64, TEXTS);
    }

    private static Value input(String name, DataType type, Dim... dims) {
        return new Value(PREFIX + name, new TensorType(type, SymbolicShape.of(dims)));
    }

    Dim batch() {
        return batch;
    }

    Dim sequence() {
        return sequence;
    }

    List<Node> nodes() {
        return nodes;
    }

    Map<Value, Tensor> constants() {
        return constants;
    }

    /// The inputs that tell how texts are packed.
    List<Value> inputs() {
        return List.of(positions, ranges, firsts);
    }

    boolean readsFirsts() {
        return readsFirsts;
    }

    /// How many tokens a text can have; 0 if that is not known.
    long mostTokens() {
        return mostTokens;
    }

    /// Notes that a text cannot have more tokens than that.
    void limitTokens(long most) {
        mostTokens = Math.min(mostTokens, most);
    }

    boolean usesSegments() {
        return segments.isPresent();
    }

    /// The tensor of a constant.
    Optional<Tensor> constant(Packed value) {
        return Optional.ofNullable(constants.get(value.value()));
    }

    /// The elements of a small integer value, where texts are padded.
    Optional<List<Dim>> contents(Packed value) {
        return padded.contents(value.padded());
    }

    /// The elements of a small integer value as numbers.
    Optional<List<Long>> numbers(Packed value) {
        return contents(value)
                .filter(dims -> dims.stream().allMatch(Dim::isKnown))
                .map(dims -> dims.stream().map(Dim::get).toList());
    }

    /// Whether a value's elements are lengths, as far as they can be told.
    boolean areLengths(Packed value) {
        return packed.contents(value.value()).isPresent() && contents(value).isPresent();
    }

    /// The types of a node's outputs where texts are padded.
    Optional<List<TensorType>> paddedTypes(Op op, List<Packed> inputs, int outputs) {
        return types(padded, op, inputs.stream().map(Packed::padded).toList(), outputs);
    }

    private static Optional<List<TensorType>> types(NodeTyping typing, Op op, List<Value> inputs, int outputs) {
        try {
            return Optional.of(typing.infer(op, inputs, outputs));
        } catch (BalsaException _) {
            // A graph that fits no shape in this form is not packed; as it is, it may well run.
            return Optional.empty();
        }
    }

    /// Adds a node of which all outputs stand for the same.
    Optional<List<Packed>> add(Node node, List<Packed> inputs, List<Axis> axes, Content content) {
        return add(node, inputs, axes, content, Optional.empty());
    }

    /// Adds a node; nothing if its types do not fit what its dimensions shall stand for.
    Optional<List<Packed>> add(
            Node node, List<Packed> inputs, List<Axis> axes, Content content, Optional<MaskEffect> effect) {
        int count = node.outputs().size();
        var values = inputs.stream().map(Packed::value).toList();
        var narrow = types(packed, node.op(), values, count);
        var wide = paddedTypes(node.op(), inputs, count);
        if (narrow.isEmpty() || wide.isEmpty()) {
            return Optional.empty();
        }
        var results = new ArrayList<Packed>();
        for (int i = 0; i < count; i++) {
            var name = node.outputs().get(i).name();
            if (name.isEmpty()) {
                results.add(Packed.NONE);
                continue;
            }
            var result = new Packed(
                    new Value(name, narrow.get().get(i)),
                    new Value(name, wide.get().get(i)),
                    axes,
                    content,
                    effect);
            if (!fits(result)) {
                return Optional.empty();
            }
            results.add(result);
        }
        nodes.add(new Node(
                node.name(),
                node.op(),
                values,
                results.stream().map(Packed::value).toList()));
        if (count > 0 && results.getFirst().value().isPresent()) {
            packed.note(node.op(), values, results.getFirst().value());
            padded.note(
                    node.op(),
                    inputs.stream().map(Packed::padded).toList(),
                    results.getFirst().padded());
        }
        return Optional.of(results);
    }

    /// Adds a node with one output.
    Optional<Packed> addOne(String name, Op op, String output, List<Packed> inputs, List<Axis> axes, Content content) {
        var value = new Value(output, inputs.getFirst().value().type());
        return add(new Node(name, op, List.of(), List.of(value)), inputs, axes, content)
                .map(List::getFirst);
    }

    /// Adds a node of which the original graph has no like; nothing is checked.
    ///
    /// @param padded what stands in the place of the output where texts are padded
    Packed addUnlike(String name, Op op, Value output, List<Value> inputs, Value padded, List<Axis> axes) {
        nodes.add(new Node(name, op, inputs, List.of(output)));
        return new Packed(output, padded, axes, Content.DATA, Optional.empty());
    }

    private boolean fits(Packed value) {
        var narrow = value.value().type().shape();
        var wide = value.padded().type().shape();
        if (!narrow.hasRank() || !wide.hasRank() || narrow.rank() != value.rank() || wide.rank() != value.rank()) {
            return false;
        }
        for (int i = 0; i < value.rank(); i++) {
            if (!fits(value.axis(i), narrow.dim(i), wide.dim(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean fits(Axis axis, Dim narrow, Dim wide) {
        return switch (axis) {
            case PLAIN -> narrow.isKnown() && narrow.equals(wide);
            case BATCH -> wide.dividedBy(batch).isKnown() && narrow.equals(wide.dividedBy(batch));
            case TOKEN, KEY, REPEATED -> narrow.equals(TOKENS) && wide.equals(sequence);
            case ROWS, TURNED_ROWS -> narrow.equals(TOKENS) && wide.equals(batch.times(sequence));
            case TEXT -> narrow.equals(TEXTS) && wide.equals(batch);
        };
    }

    /// Where each token was in its text: as long as a text where these are padded.
    Packed positions() {
        return new Packed(
                positions,
                new Value(positions.name(), new TensorType(DataType.INT64, SymbolicShape.of(sequence))),
                List.of(Axis.TOKEN),
                Content.DATA,
                Optional.empty());
    }

    /// Where the first tokens of all texts are.
    Value firsts() {
        readsFirsts = true;
        return firsts;
    }

    /// What is added to scores, so that tokens of each text see themselves.
    Packed segments() {
        if (segments.isEmpty()) {
            var type = new TensorType(DataType.FLOAT32, SymbolicShape.of(TOKENS, TOKENS));
            var wide = new TensorType(DataType.FLOAT32, SymbolicShape.of(sequence, sequence));
            var value = new Value(PREFIX + "segments", type);
            nodes.add(new Node(value.name(), new SegmentMask(), List.of(ranges), List.of(value)));
            segments = Optional.of(new Packed(
                    value,
                    new Value(value.name(), wide),
                    List.of(Axis.TOKEN, Axis.KEY),
                    Content.MASK,
                    Optional.empty()));
        }
        return segments.get();
    }
}
