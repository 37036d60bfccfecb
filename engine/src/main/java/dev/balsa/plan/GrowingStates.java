package dev.balsa.plan;

import dev.balsa.error.ResourceException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Value;
import dev.balsa.rewrite.past.CountedPast;
import dev.balsa.rewrite.past.GrowingState;
import dev.balsa.rewrite.past.PastWindow;
import dev.balsa.rewrite.past.WindowGraph;
import dev.balsa.run.Stream;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Runs a graph whose outputs are inputs of the next run, with more entries each time, as decoders of text do.
/// Thread-safe; [Conversation]s are not.
///
/// Where it makes no difference ([PastWindow], [CountedPast]), states stay where they are, what is new is written
/// behind them, and a program serves many lengths ([StatePlaces]). Elsewhere runs are those of the graph as it
/// is.
public final class GrowingStates {
    private final Graph graph;
    private final List<GrowingState> states;
    private final CompiledGraph plain;
    private final Optional<Windowed> windowed;
    private final List<Integer> given;
    private final List<Integer> results;
    private final List<Integer> held;

    /// A graph with windows, and its programs.
    private record Windowed(WindowGraph graph, CompiledGraph compiled) {}

    /// Where a length is told: the dimension of an input that is no state.
    private record Source(int input, int axis) {}

    /// @param areCounted whether inputs tell how many entries count
    private GrowingStates(
            Graph graph, List<GrowingState> states, boolean areCounted, CompiledGraph plain, PlanContext context) {
        this.graph = graph;
        this.states = states;
        this.plain = plain;
        held = states.stream().map(GrowingState::input).toList();
        given = others(graph.inputs().size(), held);
        results = others(
                graph.outputs().size(),
                states.stream().map(GrowingState::output).toList());
        var rewritten = areCounted ? CountedPast.of(graph, states) : PastWindow.of(graph, states);
        windowed = rewritten.map(
                found -> new Windowed(found, new CompiledGraph(found.graph(), context.decoding(), found.written())));
    }

    /// The states of a graph; nothing if it has none, or their shapes do not follow from those of other inputs.
    ///
    /// @param plain the graph's programs
    public static Optional<GrowingStates> of(Graph graph, CompiledGraph plain, PlanContext context) {
        var concatenated = PastWindow.states(graph);
        boolean areCounted = concatenated.isEmpty();
        var states = areCounted ? CountedPast.states(graph) : concatenated;
        if (states.isEmpty()) {
            return Optional.empty();
        }
        var found = new GrowingStates(graph, states, areCounted, plain, context);
        boolean areTold = states.stream().allMatch(found::isTold);
        return areTold ? Optional.of(found) : Optional.empty();
    }

    private boolean isTold(GrowingState state) {
        var shape = graph.inputs().get(state.input()).type().shape();
        return IntStream.range(0, shape.rank())
                .filter(axis -> axis != state.axis())
                .allMatch(axis ->
                        shape.dim(axis).isKnown() || source(shape.dim(axis)).isPresent());
    }

    private Optional<Source> source(Dim dim) {
        for (int i = 0; i < graph.inputs().size(); i++) {
            var shape = graph.inputs().get(i).type().shape();
            if (!held.contains(i) && shape.hasRank() && shape.list().contains(dim)) {
                return Optional.of(new Source(i, shape.list().indexOf(dim)));
            }
        }
        return Optional.empty();
    }

    private static List<Integer> others(int count, List<Integer> some) {
        return IntStream.range(0, count).filter(i -> !some.contains(i)).boxed().toList();
    }

    /// The inputs that are no states, in order.
    public List<Integer> given() {
        return given;
    }

    /// The outputs that are no states, in order.
    public List<Integer> results() {
        return results;
    }

    /// Inputs that are states.
    public List<Integer> held() {
        return held;
    }

    /// Whether states stay where they are.
    public boolean areInPlace() {
        return windowed.isPresent();
    }

    /// States without an entry.
    public Conversation begin() {
        return new Conversation();
    }

    private List<StatePlaces.Form> forms(List<Tensor> tensors) {
        var forms = new ArrayList<StatePlaces.Form>();
        for (var state : states) {
            var value = graph.inputs().get(state.input());
            var dims = new ArrayList<Long>();
            for (int axis = 0; axis < value.type().shape().rank(); axis++) {
                dims.add(axis == state.axis() ? 0 : length(value.type().shape().dim(axis), tensors));
            }
            forms.add(new StatePlaces.Form(
                    state.type(), dims.subList(0, state.axis()), dims.subList(state.axis() + 1, dims.size())));
        }
        return forms;
    }

    private long length(Dim dim, List<Tensor> tensors) {
        if (dim.isKnown()) {
            return dim.get();
        }
        var source = source(dim).orElseThrow();
        return tensors.get(given.indexOf(source.input)).shape().dim(source.axis);
    }

    /// States of one caller from run to run. Not for concurrent use.
    public final class Conversation implements AutoCloseable {
        private @Nullable StatePlaces places;
        /// What the latest run gave, where states do not stay in place.
        private List<Tensor> tensors = List.of();
        private Runnable release = () -> {};
        private boolean closed;

        private Conversation() {}

        /// How many entries the states have.
        public long length() {
            var known = places;
            return known == null ? 0 : known.length();
        }

        /// Forgets all entries but the first ones.
        public void truncate(long entries) {
            var known = places;
            if (known == null || entries == known.length()) {
                return;
            }
            if (entries == 0) {
                forget();
                return;
            }
            if (windowed.isEmpty()) {
                var kept = new ArrayList<Tensor>();
                for (int i = 0; i < tensors.size(); i++) {
                    kept.add(beginning(tensors.get(i), known.forms().get(i), entries));
                }
                release.run();
                release = () -> {};
                tensors = kept;
            }
            known.truncate(entries);
        }

        private static Tensor beginning(Tensor all, StatePlaces.Form form, long entries) {
            var kept = Tensor.allocate(all.type(), form.shape(entries));
            long from = all.byteSize() / Math.max(1, form.rows());
            long to = kept.byteSize() / Math.max(1, form.rows());
            for (long row = 0; row < form.rows(); row++) {
                MemorySegment.copy(all.memory(), row * from, kept.memory(), row * to, to);
            }
            return kept;
        }

        private void forget() {
            var known = places;
            if (known != null) {
                known.close();
            }
            places = null;
            tensors = List.of();
            release.run();
            release = () -> {};
        }

        /// Runs the graph on inputs that are no states, in order; the results are the outputs that are none.
        ///
        /// @throws ShapeException if shapes do not fit those of earlier runs
        /// @throws ResourceException if this is closed
        public Stream.Results run(Stream stream, List<Tensor> inputs) {
            if (closed) {
                throw new ResourceException("the session is closed; begin another one");
            }
            var forms = forms(inputs);
            if (length() == 0) {
                forget();
            }
            var known = places;
            if (known == null) {
                known = new StatePlaces(forms);
                places = known;
            } else if (!known.forms().equals(forms)) {
                throw new ShapeException("the inputs do not fit the " + known.length()
                        + " entries that the session holds; expected states of " + shapes(known.forms())
                        + " without their entries, found " + shapes(forms) + "; begin another session, or forget them");
            }
            return windowed.isPresent() ? windowed(stream, inputs, known) : plainly(stream, inputs, known);
        }

        private static List<Shape> shapes(List<StatePlaces.Form> forms) {
            return forms.stream().map(form -> form.shape(0)).distinct().toList();
        }

        private Stream.Results windowed(Stream stream, List<Tensor> inputs, StatePlaces known) {
            var found = windowed.orElseThrow();
            long added = inputs.get(given.indexOf(found.graph.added())).shape().dim(found.graph.addedAxis());
            long window = StatePlaces.window(known.length(), added);
            var all = new ArrayList<Tensor>();
            boolean fromFirst = found.graph.fromFirst();
            var windows = fromFirst ? known.fromFirst(added) : known.from(window, added);
            int next = 0;
            for (int i = 0; i < graph.inputs().size(); i++) {
                int state = held.indexOf(i);
                if (state >= 0) {
                    all.add(windows.get(state));
                    continue;
                }
                var tensor = inputs.get(next++);
                int axis = found.graph.windows().get(i);
                all.add(
                        axis < 0
                                ? tensor
                                : padded(
                                        graph.inputs().get(i),
                                        tensor,
                                        axis,
                                        known.length() + added,
                                        window,
                                        fromFirst));
            }
            if (!fromFirst) {
                all.addAll(told(known.length(), added, window));
            }
            var results = stream.run(found.compiled.program(all), all);
            known.advance(added);
            return results;
        }

        /// An input with zeros before, or behind, as long as the window along a dimension.
        private static Tensor padded(Value input, Tensor given, int axis, long length, long window, boolean isBehind) {
            var shape = given.shape();
            if (shape.dim(axis) != length) {
                throw new ShapeException("input \"" + input.name() + "\": expected a length of " + length
                        + " in dimension " + axis
                        + ", one for each entry that the session holds and each new one, found "
                        + given + "; give all of them");
            }
            long inner = given.type().bytes(shape.size(axis + 1, shape.rank()));
            var dims = new ArrayList<>(shape.toList());
            dims.set(axis, window);
            var padded = Tensor.allocate(given.type(), Shape.of(dims));
            for (long row = 0; row < shape.size(0, axis); row++) {
                MemorySegment.copy(
                        given.memory(),
                        row * length * inner,
                        padded.memory(),
                        (isBehind ? row * window : (row + 1) * window - length) * inner,
                        length * inner);
            }
            return padded;
        }

        /// What is told of the window; see [WindowGraph].
        private static List<Tensor> told(long length, long added, long window) {
            long hidden = window - length - added;
            var seen = Tensor.allocate(DataType.BOOL, Shape.of(1, window));
            seen.memory().asSlice(hidden).fill((byte) 1);
            var gap = Tensor.allocate(DataType.INT64, Shape.scalar());
            gap.setLong(0, hidden);
            var order = Tensor.allocate(DataType.BOOL, Shape.of(added, window));
            for (long row = 0; row < added; row++) {
                order.memory().asSlice(row * window + hidden, length + row + 1).fill((byte) 1);
            }
            return List.of(seen, gap, order);
        }

        private Stream.Results plainly(Stream stream, List<Tensor> inputs, StatePlaces known) {
            var all = new ArrayList<Tensor>();
            int next = 0;
            for (int i = 0; i < graph.inputs().size(); i++) {
                int state = held.indexOf(i);
                if (state < 0) {
                    all.add(inputs.get(next++));
                } else {
                    all.add(
                            tensors.isEmpty()
                                    ? Tensor.allocate(
                                            states.get(state).type(),
                                            known.forms().get(state).shape(0))
                                    : tensors.get(state));
                }
            }
            var results = stream.run(plain.program(all), all);
            release.run();
            // Both the caller and the next run read what this one gave.
            var holders = new AtomicInteger(2);
            Runnable done = () -> {
                if (holders.decrementAndGet() == 0) {
                    results.release().run();
                }
            };
            release = done;
            tensors = states.stream()
                    .map(state -> results.tensors().get(state.output()))
                    .toList();
            long entries = tensors.getFirst().shape().dim(states.getFirst().axis());
            known.advance(entries - known.length());
            return new Stream.Results(
                    GrowingStates.this.results.stream()
                            .map(results.tensors()::get)
                            .toList(),
                    done);
        }

        @Override
        public void close() {
            closed = true;
            forget();
        }
    }
}
