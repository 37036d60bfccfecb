package dev.balsa.rewrite.packing;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.rewrite.packing.PackedGraph.Form;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds out whether a graph of texts can be packed, and packs it.
///
/// All inputs are of shape `[batch, sequence, ...]`, with symbols for the first two; one of them, of integers or
/// truth values, is the mask. Every node must be one of which [PackingRules] know what becomes of tokens: what is
/// done to each by itself, sums over what it sees by way of softmax of scores that the mask has been added to,
/// and the choice of the first token of each text. Otherwise the graph stays as it is; a mistake here would be a
/// wrong result, so what is not known is refused.
public final class TokenPacking {
    private static final System.Logger LOG = System.getLogger(TokenPacking.class.getName());

    private final Graph graph;
    private final int mask;
    private final Emission emission;
    private final Map<Value, Packed> known = new HashMap<>();

    private TokenPacking(Graph graph, int mask) {
        this.graph = graph;
        this.mask = mask;
        var shape = graph.inputs().get(mask).type().shape();
        emission = new Emission(shape.dim(0), shape.dim(1), graph.constants());
    }

    /// The packed graph, if there is one.
    ///
    /// @param graph rewritten as far as symbolic shapes allow
    public static Optional<PackedGraph> of(Graph graph) {
        if (hasOurNames(graph)) {
            return Optional.empty();
        }
        for (int i = 0; i < graph.inputs().size(); i++) {
            if (mayBeMask(graph.inputs(), graph.inputs().get(i))) {
                var packed = new TokenPacking(graph, i).pack();
                if (packed.isPresent()) {
                    return packed;
                }
            }
        }
        return Optional.empty();
    }

    /// Whether values have names that packing gives to others.
    private static boolean hasOurNames(Graph graph) {
        return Stream.of(
                        graph.inputs().stream(),
                        graph.constants().keySet().stream(),
                        graph.nodes().stream().flatMap(node -> node.outputs().stream()))
                .flatMap(values -> values)
                .anyMatch(value -> value.name().startsWith(Emission.PREFIX));
    }

    /// Whether inputs are of texts, one of them possibly a mask: if not, their graph cannot be packed.
    public static boolean areTexts(List<Value> inputs) {
        return inputs.stream().anyMatch(input -> mayBeMask(inputs, input));
    }

    private static boolean mayBeMask(List<Value> inputs, Value input) {
        var shape = input.type().shape();
        boolean isMask = input.type().dtype().isInteger() || input.type().dtype() == DataType.BOOL;
        return isMask
                && shape.hasRank()
                && shape.rank() == 2
                && isSymbol(shape.dim(0))
                && isSymbol(shape.dim(1))
                && !shape.dim(0).equals(shape.dim(1))
                && inputs.stream().allMatch(other -> isOfTokens(other, shape));
    }

    private static boolean isSymbol(Dim dim) {
        return !dim.isKnown() && !dim.isUnknown();
    }

    private static boolean isOfTokens(Value input, SymbolicShape mask) {
        var shape = input.type().shape();
        return shape.hasRank()
                && shape.rank() >= 2
                && input.type().dtype() != DataType.STRING
                && shape.dim(0).equals(mask.dim(0))
                && shape.dim(1).equals(mask.dim(1))
                && shape.list().stream().skip(2).allMatch(Dim::isKnown);
    }

    private Optional<PackedGraph> pack() {
        var inputs = new ArrayList<Value>();
        for (int i = 0; i < graph.inputs().size(); i++) {
            var input = input(graph.inputs().get(i), i == mask);
            known.put(graph.inputs().get(i), input);
            inputs.add(input.value());
        }
        inputs.addAll(emission.inputs());
        for (var constant : graph.constants().keySet()) {
            known.put(
                    constant,
                    Packed.fixed(
                            constant, graph.constants().get(constant).shape().rank()));
        }
        known.put(Value.NONE, Packed.NONE);
        var rules = new PackingRules(emission);
        for (var node : graph.nodes()) {
            var results = rules.apply(node, inputs(node));
            if (results.isEmpty()) {
                LOG.log(System.Logger.Level.DEBUG, () -> "texts are padded: " + node.label() + " of " + inputs(node));
                return Optional.empty();
            }
            for (int i = 0; i < node.outputs().size(); i++) {
                if (node.outputs().get(i).isPresent()) {
                    known.put(node.outputs().get(i), results.get().get(i));
                }
            }
        }
        return finished(inputs);
    }

    private Packed input(Value input, boolean isMask) {
        var dims = new ArrayList<>(input.type().shape().list());
        dims.set(0, Dim.of(1));
        dims.set(1, Emission.TOKENS);
        var axes = new ArrayList<>(List.of(Axis.BATCH, Axis.TOKEN));
        while (axes.size() < dims.size()) {
            axes.add(Axis.PLAIN);
        }
        var type = input.type().dtype();
        return new Packed(
                new Value(input.name(), new TensorType(type, SymbolicShape.of(dims))),
                input,
                axes,
                isMask ? Content.MASK : Content.DATA,
                isMask ? Optional.of(new MaskEffect(scalar(type, 1), scalar(type, 0))) : Optional.empty());
    }

    private static Tensor scalar(DataType type, long value) {
        var tensor = Tensor.allocate(type, Shape.scalar());
        tensor.setLong(0, value);
        return tensor;
    }

    private List<Packed> inputs(Node node) {
        return node.inputs().stream().map(this::known).toList();
    }

    private Packed known(Value value) {
        return Objects.requireNonNull(known.get(value));
    }

    private Optional<PackedGraph> finished(List<Value> inputs) {
        var outputs = new ArrayList<Value>();
        var forms = new ArrayList<Form>();
        for (var output : graph.outputs()) {
            var value = known(output);
            var form = form(value);
            if (form.isEmpty()) {
                LOG.log(System.Logger.Level.DEBUG, () -> "texts are padded: output " + value);
                return Optional.empty();
            }
            outputs.add(value.value());
            forms.add(form.get());
        }
        if (!emission.usesSegments()) {
            return Optional.empty();
        }
        return Optional.of(new PackedGraph(
                new Graph(graph.name(), inputs, emission.constants(), emission.nodes(), outputs),
                mask,
                forms,
                emission.readsFirsts(),
                emission.mostTokens()));
    }

    private static Optional<Form> form(Packed value) {
        var axes = value.axes();
        boolean isUsable = value.content() == Content.DATA || value.content() == Content.MASK;
        if (isUsable && axes.size() >= 2 && axes.get(0) == Axis.BATCH && axes.get(1) == Axis.TOKEN) {
            return arePlain(axes, 2) ? Optional.of(Form.TOKENS) : Optional.empty();
        }
        return isUsable && !axes.isEmpty() && axes.getFirst() == Axis.TEXT && arePlain(axes, 1)
                ? Optional.of(Form.TEXTS)
                : Optional.empty();
    }

    private static boolean arePlain(List<Axis> axes, int from) {
        return axes.stream().skip(from).allMatch(axis -> axis == Axis.PLAIN);
    }
}
