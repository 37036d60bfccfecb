package dev.balsa.rewrite.past;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.assembly.Pad;
import dev.balsa.ir.assembly.Slice;
import dev.balsa.ir.assembly.TensorScatter;
import dev.balsa.ir.leaf.Shape;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Finds the states of a decoder that makes its caches longer, writes new entries where its inputs tell, and says
/// how many entries count, as com.microsoft GroupQueryAttention does; and gives them places in memory of a fixed
/// size.
///
/// Here entries stay at the beginning of their places. The caches are as long as a mask is that has an element
/// for each entry, so that with a longer mask, of zeros behind the others, they are a window with free places at
/// its end. It is proved, node by node ([CountedRules]), that what is there cannot matter: keys that do not count
/// are hidden, and sums of the mask do not change.
public final class CountedPast {
    private static final System.Logger LOG = System.getLogger(CountedPast.class.getName());
    private static final String PREFIX = "counted/";
    /// Of numbers that tell how much is added at each end of a rank 4, the one for the end of entries.
    private static final int ENTRIES_END = 6;
    private static final int AXIS = 2;
    private static final int RANK = 4;

    private final Graph graph;
    private final List<GrowingState> states;
    private final Map<Value, Tensor> constants;
    private final List<Node> nodes = new ArrayList<>();

    /// A state: its input, and the nodes that make it longer and write to it.
    private record Cache(int input, Node longer, Node written) {}

    private CountedPast(Graph graph, List<GrowingState> states) {
        this.graph = graph;
        this.states = states;
        constants = new LinkedHashMap<>(graph.constants());
    }

    private static Map<Value, Node> producers(Graph graph) {
        var producers = new HashMap<Value, Node>();
        graph.nodes().forEach(node -> node.outputs().forEach(output -> producers.put(output, node)));
        return producers;
    }

    private static Optional<Cache> cache(Graph graph, Value output, Map<Value, Node> producers) {
        var written = producers.get(output);
        if (written == null
                || !(written.op() instanceof TensorScatter op)
                || op.circular()
                || !written.input(2).isPresent()
                || !output.type().shape().hasRank()
                || output.type().shape().rank() != RANK
                || Axes.normalize(op.axis(), RANK) != AXIS) {
            return Optional.empty();
        }
        var longer = producers.get(written.input(0));
        if (longer == null || !addsAtTheEnd(graph, longer, producers)) {
            return Optional.empty();
        }
        int input = graph.inputs().indexOf(longer.input(0));
        return input < 0 || !longer.input(0).type().shape().dim(AXIS).isSymbol()
                ? Optional.empty()
                : Optional.of(new Cache(input, longer, written));
    }

    /// Whether a node adds entries behind those that there are, and nothing else.
    private static boolean addsAtTheEnd(Graph graph, Node node, Map<Value, Node> producers) {
        if (!(node.op() instanceof Pad(var mode))
                || mode != Pad.Mode.CONSTANT
                || node.inputs().size() > AXIS + 1) {
            return false;
        }
        var pads = producers.get(node.input(1));
        return pads != null
                && pads.op() instanceof Concat
                && pads.inputs().size() == 3
                && areZeros(graph, pads.input(0), ENTRIES_END)
                && areZeros(graph, pads.input(2), 2 * RANK - ENTRIES_END - 1);
    }

    private static boolean areZeros(Graph graph, Value value, int count) {
        return graph.constant(value)
                .filter(tensor ->
                        tensor.size() == count && IntStream.range(0, count).allMatch(i -> tensor.getLong(i) == 0))
                .isPresent();
    }

    /// The states of a graph: inputs that are made longer, written to and given out.
    public static List<GrowingState> states(Graph graph) {
        var producers = producers(graph);
        var states = new ArrayList<GrowingState>();
        var lengths = new HashSet<Dim>();
        for (int i = 0; i < graph.outputs().size(); i++) {
            var cache = cache(graph, graph.outputs().get(i), producers);
            if (cache.isPresent()) {
                var type = graph.inputs().get(cache.get().input).type();
                states.add(new GrowingState(cache.get().input, i, AXIS, type.dtype()));
                lengths.add(type.shape().dim(AXIS));
            }
        }
        long distinct = states.stream().map(GrowingState::input).distinct().count();
        return distinct == states.size() && lengths.size() == 1 ? List.copyOf(states) : List.of();
    }

    /// The same graph with places for these of its states, if the free ones cannot matter.
    public static Optional<WindowGraph> of(Graph graph, List<GrowingState> states) {
        return states.isEmpty() ? Optional.empty() : new CountedPast(graph, states).rewritten();
    }

    private Optional<WindowGraph> rewritten() {
        var producers = producers(graph);
        var caches = new LinkedHashMap<Node, Cache>();
        var longer = new HashSet<Node>();
        for (var state : states) {
            var cache =
                    cache(graph, graph.outputs().get(state.output()), producers).orElseThrow();
            caches.put(cache.written, cache);
            longer.add(cache.longer);
        }
        var past = graph.inputs().get(states.getFirst().input()).type().shape().dim(AXIS);
        var added = states.stream()
                .map(state -> caches.values().stream()
                        .filter(cache -> cache.input == state.input())
                        .findFirst()
                        .orElseThrow()
                        .written
                        .input(1)
                        .type()
                        .shape()
                        .dim(AXIS))
                .distinct()
                .toList();
        var total = added.size() == 1 && added.getFirst().isSymbol() ? total(past, added.getFirst()) : List.<Dim>of();
        if (total.size() != 1) {
            return refused("what is new, or the number of all entries");
        }
        var rules = new CountedRules(graph, states, longer, caches.keySet(), past, total.getFirst());
        var stuck = rules.firstUnknown();
        if (stuck.isPresent() || hasNames()) {
            return refused(stuck.orElse("names that are given here"));
        }
        return place(added.getFirst()).flatMap(at -> finished(caches, longer, total.getFirst(), at));
    }

    private static Optional<WindowGraph> refused(String what) {
        LOG.log(System.Logger.Level.DEBUG, () -> "the past has no free places: " + what);
        return Optional.empty();
    }

    private boolean hasNames() {
        return Stream.of(
                        graph.inputs().stream(),
                        graph.constants().keySet().stream(),
                        graph.nodes().stream().flatMap(node -> node.outputs().stream()))
                .flatMap(Function.identity())
                .anyMatch(value -> value.name().startsWith(PREFIX));
    }

    private boolean isState(int input) {
        return states.stream().anyMatch(state -> state.input() == input);
    }

    /// What inputs that are no states may call the number of all entries.
    private List<Dim> total(Dim past, Dim added) {
        var others = new LinkedHashSet<Dim>();
        var ofStates = new HashSet<Dim>();
        for (int i = 0; i < graph.inputs().size(); i++) {
            var dims = graph.inputs().get(i).type().shape().dims().orElse(List.of());
            (isState(i) ? ofStates : others).addAll(dims);
        }
        others.removeAll(ofStates);
        others.removeIf(dim -> !dim.isSymbol() || dim.equals(past) || dim.equals(added));
        return List.copyOf(others);
    }

    /// An input that is no state, and its dimension of a length.
    private record Place(int input, int axis) {}

    private Optional<Place> place(Dim length) {
        for (int i = 0; i < graph.inputs().size(); i++) {
            var dims = graph.inputs().get(i).type().shape().dims().orElse(List.of());
            if (!isState(i) && dims.contains(length)) {
                return Optional.of(new Place(i, dims.indexOf(length)));
            }
        }
        return Optional.empty();
    }

    private Value constant(String name, long number) {
        var tensor = Tensor.of(new long[] {number}, 1);
        var value = new Value(PREFIX + name, TensorType.of(tensor));
        constants.put(value, tensor);
        return value;
    }

    /// The nodes that results need; nothing if one of them reads a state itself.
    private Optional<List<Node>> needed(List<Value> outputs) {
        var used = new HashSet<>(outputs);
        var needed = new ArrayList<Node>();
        for (var node : nodes.reversed()) {
            if (node.outputs().stream().anyMatch(used::contains)) {
                needed.addFirst(node);
                used.addAll(node.inputs());
            }
        }
        boolean readsStates =
                states.stream().anyMatch(state -> used.contains(graph.inputs().get(state.input())));
        return readsStates ? Optional.empty() : Optional.of(needed);
    }

    private Optional<WindowGraph> finished(Map<Node, Cache> caches, Set<Node> longer, Dim total, Place added) {
        var inputs = new ArrayList<>(graph.inputs());
        var written = new HashSet<String>();
        for (var state : states) {
            var input = graph.inputs().get(state.input());
            var places = input.type().shape().with(AXIS, Dim.symbol("past_places"));
            var all = new Value(PREFIX + input.name(), input.type().withShape(places));
            inputs.set(state.input(), all);
            written.add(all.name());
        }
        var whole = place(total).orElseThrow();
        var length = new Shape(whole.axis, Optional.of(whole.axis + 1L));
        var window = new Value(PREFIX + "window", new TensorType(DataType.INT64, SymbolicShape.of(Dim.of(1))));
        nodes.add(new Node("", length, List.of(graph.inputs().get(whole.input)), List.of(window)));
        for (var node : graph.nodes()) {
            var cache = caches.get(node);
            if (cache != null) {
                write(cache, inputs.get(cache.input), window);
            } else if (!longer.contains(node)) {
                nodes.add(node);
            }
        }
        var given = IntStream.range(0, graph.outputs().size())
                .filter(i -> states.stream().noneMatch(state -> state.output() == i))
                .boxed()
                .toList();
        var windows = IntStream.range(0, graph.inputs().size())
                .map(i -> isState(i)
                        ? -1
                        : graph.inputs()
                                .get(i)
                                .type()
                                .shape()
                                .dims()
                                .orElse(List.of())
                                .indexOf(total))
                .boxed()
                .toList();
        var outputs = given.stream().map(graph.outputs()::get).toList();
        return needed(outputs)
                .map(all -> new WindowGraph(
                        new Graph(graph.name(), inputs, constants, all, outputs),
                        given,
                        windows,
                        added.input,
                        added.axis,
                        written,
                        true));
    }

    /// New entries go to all places; the nodes behind see the window.
    private void write(Cache cache, Value places, Value window) {
        var node = cache.written;
        var all = new Value(PREFIX + node.output(0).name(), places.type());
        nodes.add(new Node(node.name(), node.op(), List.of(places, node.input(1), node.input(2)), List.of(all)));
        var axis = constant("axis", AXIS);
        var first = constant("first", 0);
        nodes.add(new Node(node.name(), new Slice(), List.of(all, first, window, axis), List.of(node.output(0))));
    }
}
