package dev.balsa.rewrite.past;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.attention.Attention;
import dev.balsa.ir.leaf.Shape;
import dev.balsa.ir.leaf.Size;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/// Finds the states of a decoder, and gives them places in memory of a fixed size.
///
/// A decoder gets keys and values of earlier entries as inputs, concatenates them with those of new ones, and gives
/// all as outputs, which are inputs of the next run. So shapes are different in every run, all is copied, and each
/// length needs a program of its own. In the graph that is made here, what is new is written behind the past, and a
/// run sees a window of places, the same for many lengths, whose beginning is hidden ([WindowGraph]).
///
/// It is proved, node by node ([WindowRules]), that what is hidden cannot matter: elements are told by their places
/// from the end of the window, and integers that count places from its beginning are known to ([Kept]). What no rule
/// knows is refused; then runs go on as the original graph does.
public final class PastWindow {
    private static final System.Logger LOG = System.getLogger(PastWindow.class.getName());
    private static final int PAST_KEY = 4;

    private final Graph graph;
    private final List<GrowingState> states;
    /// States by the graph's inputs that are.
    private final Map<Value, GrowingState> byInput = new HashMap<>();
    private final Map<Value, Kept> known = new HashMap<>();
    /// The parts of states' windows that are the past, of which the shape is asked for.
    private final Map<Value, Kept> pasts = new HashMap<>();

    private PastWindow(Graph graph, List<GrowingState> states) {
        this.graph = graph;
        this.states = states;
        states.forEach(state -> byInput.put(graph.inputs().get(state.input()), state));
    }

    /// The states of a graph: inputs that are concatenated with what is new, along a dimension that is a symbol, the
    /// same for all of them, and given out.
    public static List<GrowingState> states(Graph graph) {
        var producers = new HashMap<Value, Node>();
        graph.nodes().forEach(node -> node.outputs().forEach(output -> producers.put(output, node)));
        var states = new ArrayList<GrowingState>();
        for (int i = 0; i < graph.outputs().size(); i++) {
            var output = graph.outputs().get(i);
            var node = producers.get(output);
            if (node == null) {
                continue;
            }
            int number = i;
            pastOf(node, output)
                    .flatMap(past -> state(graph, past, number, axis(node)))
                    .ifPresent(states::add);
        }
        boolean areDistinct =
                states.stream().map(GrowingState::input).distinct().count() == states.size();
        var lengths = states.stream()
                .map(state -> graph.inputs().get(state.input()).type().shape().dim(state.axis()))
                .distinct()
                .count();
        return areDistinct && lengths == 1 ? List.copyOf(states) : List.of();
    }

    private static Optional<Value> pastOf(Node node, Value output) {
        if (node.op() instanceof Concat && node.inputs().size() == 2) {
            return Optional.of(node.input(0));
        }
        if (node.op() instanceof Attention && !output.equals(node.output(0))) {
            int which = output.equals(node.output(1)) ? 0 : 1;
            return Optional.of(node.input(PAST_KEY + which)).filter(Value::isPresent);
        }
        return Optional.empty();
    }

    private static long axis(Node node) {
        return node.op() instanceof Concat op ? op.axis() : 2;
    }

    private static Optional<GrowingState> state(Graph graph, Value past, int output, long axis) {
        int input = graph.inputs().indexOf(past);
        if (input < 0 || !past.type().shape().hasRank()) {
            return Optional.empty();
        }
        var shape = past.type().shape();
        int at = Axes.normalize(axis, shape.rank());
        return at > 0 && shape.dim(at).isSymbol()
                ? Optional.of(new GrowingState(input, output, at, past.type().dtype()))
                : Optional.empty();
    }

    /// The same graph with places for these of its states, if the hidden ones cannot matter.
    public static Optional<WindowGraph> of(Graph graph, List<GrowingState> states) {
        return states.isEmpty()
                ? Optional.empty()
                : new PastWindow(graph, states)
                        .rewritten(false)
                        .or(() -> new PastWindow(graph, states).rewritten(true));
    }

    private Dim dim(GrowingState state) {
        return graph.inputs().get(state.input()).type().shape().dim(state.axis());
    }

    /// @param hasTotal whether a name of inputs' dimensions that is not the states' is taken for the number of
    /// all
    ///     entries
    private Optional<WindowGraph> rewritten(boolean hasTotal) {
        var past = dim(states.getFirst());
        var added = added(past);
        if (added.isEmpty() || !areUsedOnce() || hasNames()) {
            return refused("the states' uses, or what is new");
        }
        var length = graph.inputs().get(added.get().input).type().shape().dim(added.get().axis);
        var emission = new WindowEmission(past, length, graph.constants());
        var all = new ArrayList<Value>();
        var windows = new ArrayList<Integer>();
        var total = total(past, length).filter(_ -> hasTotal);
        if (hasTotal && total.isEmpty()) {
            return Optional.empty();
        }
        for (var input : graph.inputs()) {
            var value = input(input, total, past.plus(length), emission);
            all.add(value);
            var axes = emission.windows(value);
            if (axes.size() > 1) {
                return refused("input " + value);
            }
            windows.add(axes.isEmpty() ? -1 : axes.getFirst());
        }
        all.addAll(emission.told());
        graph.constants().keySet().forEach(constant -> known.put(constant, Kept.of(constant, false)));
        known.put(Value.NONE, Kept.NONE);
        return emit(emission) ? finished(emission, all, windows, added.get()) : Optional.empty();
    }

    /// Where the number of new entries is told.
    private record Added(int input, int axis) {}

    /// The length of what is concatenated, as a dimension of an input.
    private Optional<Added> added(Dim past) {
        for (var node : graph.nodes()) {
            if (!isOfState(node)) {
                continue;
            }
            var length = node.output(node.op() instanceof Attention ? 1 : 0)
                    .type()
                    .shape()
                    .dims()
                    .map(dims ->
                            dims.get(Axes.normalize(axis(node), dims.size())).minus(past));
            return length.filter(Dim::isSymbol).flatMap(this::place);
        }
        return Optional.empty();
    }

    private Optional<Added> place(Dim length) {
        for (int i = 0; i < graph.inputs().size(); i++) {
            var shape = graph.inputs().get(i).type().shape();
            if (shape.hasRank() && shape.list().contains(length)) {
                return Optional.of(new Added(i, shape.list().indexOf(length)));
            }
        }
        return Optional.empty();
    }

    private boolean isOfState(Node node) {
        return node.op() instanceof Concat && node.inputs().size() == 2 && byInput.containsKey(node.input(0))
                || node.op() instanceof Attention
                        && byInput.containsKey(node.input(PAST_KEY))
                        && byInput.containsKey(node.input(PAST_KEY + 1));
    }

    /// Whether each state is read by one node that puts it together with what is new; others may ask for its shape.
    private boolean areUsedOnce() {
        var uses = new HashMap<Value, Integer>();
        for (var node : graph.nodes()) {
            boolean measures = node.op() instanceof Shape || node.op() instanceof Size;
            for (var value : node.inputs()) {
                if (byInput.containsKey(value) && !measures) {
                    uses.merge(value, isOfState(node) ? 1 : 2, Integer::sum);
                }
            }
        }
        return graph.outputs().stream().noneMatch(byInput::containsKey)
                && states.stream()
                        .allMatch(state -> uses.getOrDefault(graph.inputs().get(state.input()), 0) == 1);
    }

    /// Whether the graph has names that are given here.
    private boolean hasNames() {
        return graph.nodes().stream()
                        .flatMap(node -> node.outputs().stream())
                        .anyMatch(value -> value.name().startsWith(WindowEmission.PREFIX))
                || graph.inputs().stream().anyMatch(value -> value.name().startsWith(WindowEmission.PREFIX))
                || graph.constants().keySet().stream()
                        .anyMatch(value -> value.name().startsWith(WindowEmission.PREFIX));
    }

    /// What inputs may call the number of all entries.
    private Optional<Dim> total(Dim past, Dim added) {
        var others = new LinkedHashSet<Dim>();
        var ofStates = new HashSet<Dim>();
        for (var input : graph.inputs()) {
            (byInput.containsKey(input) ? ofStates : others)
                    .addAll(input.type().shape().dims().orElse(List.of()));
        }
        others.removeAll(ofStates);
        others.removeIf(dim -> !dim.isSymbol() || dim.equals(past) || dim.equals(added));
        return others.size() == 1 ? Optional.of(others.getFirst()) : Optional.empty();
    }

    private Value input(Value input, Optional<Dim> total, Dim all, WindowEmission emission) {
        var state = byInput.get(input);
        if (state != null) {
            var places = input.type().shape().with(state.axis(), Dim.symbol("past_places"));
            var value =
                    new Value(WindowEmission.PREFIX + input.name(), input.type().withShape(places));
            known.put(input, Kept.of(value, false));
            return value;
        }
        var shape = input.type().shape();
        boolean isOfAll = total.isPresent() && shape.hasRank() && shape.list().contains(total.get());
        var type = isOfAll
                ? input.type()
                        .withShape(SymbolicShape.of(shape.list().stream()
                                .map(dim -> dim.equals(total.get()) ? all : dim)
                                .toList()))
                : input.type();
        var value = new Value(input.name(), type);
        // What callers do not give is 0.
        known.put(input, Kept.of(value, !emission.windows(value).isEmpty()));
        return value;
    }

    private boolean emit(WindowEmission emission) {
        var rules = new WindowRules(emission);
        for (var node : graph.nodes()) {
            boolean measures = node.op() instanceof Shape || node.op() instanceof Size;
            var operands = node.inputs().stream()
                    .map(value -> Optional.ofNullable(byInput.get(value))
                            .filter(_ -> measures)
                            .map(state -> past(value, state, emission))
                            .orElseGet(() -> known(value)))
                    .toList();
            var results = rules.apply(node, operands, isOfState(node));
            if (results.isEmpty()) {
                LOG.log(System.Logger.Level.DEBUG, () -> "the past is no window: " + node.label() + " of " + operands);
                return false;
            }
            for (int i = 0; i < node.outputs().size(); i++) {
                if (node.outputs().get(i).isPresent()) {
                    known.put(node.outputs().get(i), results.get().get(i));
                }
            }
        }
        return true;
    }

    private Kept past(Value input, GrowingState state, WindowEmission emission) {
        return pasts.computeIfAbsent(
                input,
                each -> Kept.of(
                        emission.first(each.name(), known(each).value(), state.axis(), emission.pastLength()), false));
    }

    private Kept known(Value value) {
        return Objects.requireNonNull(known.get(value));
    }

    private Optional<WindowGraph> finished(
            WindowEmission emission, List<Value> all, List<Integer> windows, Added added) {
        var given = IntStream.range(0, graph.outputs().size())
                .filter(i -> states.stream().noneMatch(state -> state.output() == i))
                .boxed()
                .toList();
        var outputs = new ArrayList<Value>();
        for (int i : given) {
            var output = known(graph.outputs().get(i));
            if (emission.depends(output)) {
                return refused("output " + output.value());
            }
            outputs.add(output.value());
        }
        var written = new HashSet<String>();
        states.forEach(state -> written.add(all.get(state.input()).name()));
        return Optional.of(new WindowGraph(
                new Graph(graph.name(), all, emission.constants(), emission.nodes(), outputs),
                given,
                windows,
                added.input,
                added.axis,
                written,
                false));
    }

    private static Optional<WindowGraph> refused(String what) {
        LOG.log(System.Logger.Level.DEBUG, () -> "the past is no window: " + what);
        return Optional.empty();
    }
}
