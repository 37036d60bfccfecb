package dev.balsa.plan;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Graph;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.assembly.Slice;
import dev.balsa.ir.assembly.SliceRange;
import dev.balsa.ir.view.View;
import dev.balsa.kernel.Kernel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Has kernels write what is concatenated straight into what a Concat makes of it, where they and all others that read
/// it can do so: into a piece without gaps, if dimensions before the axis have one element, or else with their rows
/// apart ([Kernel#takesApart]). The Concat copies what is left, or nothing. What it makes may itself be a piece of what
/// another one makes: concatenations that grow step by step share the memory of the last one. Slices that a Concat
/// puts back where they have been stay where they are: what they are of lies there.
final class ConcatPieces {
    /// Pieces without gaps begin with a line, as memory of their own does.
    private static final int LINE = 64;
    /// Shorter rows apart take longer to write than they take to copy.
    private static final long LEAST_ROW_BYTES = 64;

    /// No pieces at all.
    static final ConcatPieces NONE = new ConcatPieces(
            new GraphBuilder("none").build(List.of()), Map.of(), StorageHandover.NONE, Optional.empty());

    /// What is left for a Concat to copy.
    ///
    /// @param inputs their numbers
    /// @param row bytes from a row of what it makes to the next
    private record Rest(List<Integer> inputs, long row) {
        Rest {
            inputs = List.copyOf(inputs);
        }
    }

    private final Map<Node, Optional<KernelChoice>> choices;
    private final StorageHandover handover;
    private final Optional<Lowering> lowering;
    private final IdentityHashMap<Node, Integer> order = new IdentityHashMap<>();
    private final Map<Value, Node> makers = new HashMap<>();
    private final Map<Value, List<Node>> readers = new HashMap<>();
    private final Set<Value> outputs;
    private final Map<Value, Piece> pieces = new HashMap<>();
    /// By Concat that has pieces, or is one.
    private final IdentityHashMap<Node, Rest> rests = new IdentityHashMap<>();
    /// Slices that stay where they are.
    private final Set<Node> done = Collections.newSetFromMap(new IdentityHashMap<>());

    private ConcatPieces(
            Graph graph,
            Map<Node, Optional<KernelChoice>> choices,
            StorageHandover handover,
            Optional<Lowering> lowering) {
        this.choices = choices;
        this.handover = handover;
        this.lowering = lowering;
        outputs = new HashSet<>(graph.outputs());
        for (var node : graph.nodes()) {
            order.put(node, order.size());
            node.outputs().forEach(output -> makers.put(output, node));
            for (var input : new HashSet<>(node.inputs())) {
                readers.computeIfAbsent(input, _ -> new ArrayList<>()).add(node);
            }
        }
    }

    /// Finds the pieces of all Concats for which there are kernels.
    static ConcatPieces of(
            Graph graph, Map<Node, Optional<KernelChoice>> choices, StorageHandover handover, Lowering lowering) {
        var found = new ConcatPieces(graph, choices, handover, Optional.of(lowering));
        // What a Concat makes has its place before what it is made of.
        for (var node : graph.nodes().reversed()) {
            if (node.op() instanceof Concat concat && found.choice(node).isPresent()) {
                found.divide(node, concat);
            }
        }
        return found;
    }

    private int index(Node node) {
        return Objects.requireNonNull(order.get(node), "a node of another graph");
    }

    private Optional<KernelChoice> choice(Node node) {
        return choices.getOrDefault(node, Optional.empty());
    }

    /// Gives the inputs of a Concat their places, as far as that can be.
    private void divide(Node node, Concat concat) {
        var result = Chains.shape(node.output(0));
        int axis = Axes.normalize(concat.axis(), result.rank());
        int width = handover.width(node.output(0));
        var own = pieces.get(node.output(0));
        var whole = own == null ? node.output(0) : own.whole();
        // Pieces without gaps are of one row.
        boolean isApart = result.size(0, axis) != 1;
        if (!isApart && own != null && own.isApart()) {
            divideRows(node, own);
            return;
        }
        long row = own != null && own.isApart() ? own.rowStep() : result.size(axis, result.rank()) * width;
        boolean isDivisible = !isApart || axis == result.rank() - 1;
        long at = own == null ? 0 : own.at();
        var rest = new ArrayList<Integer>();
        var stays = isApart && isDivisible && (own == null || !own.isApart()) ? staying(node) : Set.<Integer>of();
        for (int i : stays) {
            var slice = Objects.requireNonNull(makers.get(node.input(i)), "a slice that nothing makes");
            done.add(slice);
            pieces.put(slice.input(0), new Piece(whole, at, result.size() * width, row, false));
        }
        for (int i = 0; i < node.inputs().size(); i++) {
            var input = node.input(i);
            long run = Chains.shape(input).size(axis, result.rank()) * width;
            var piece = new Piece(whole, at, (result.size(0, axis) - 1) * row + run, row, isApart);
            boolean isPlaced = isDivisible
                    && stays.isEmpty()
                    && canBePiece(input, node)
                    && (isApart ? takeApart(input, node, piece) : fit(input, piece));
            if (!isPlaced && !stays.contains(i)) {
                rest.add(i);
            }
            at += run;
        }
        if (own != null || rest.size() < node.inputs().size()) {
            rests.put(node, new Rest(rest, row));
        }
    }

    /// The inputs of a Concat along rows that are slices of the same value, of where the Concat puts them. If that
    /// value lies where the Concat's result does, they are there already. All else that is read of it must have
    /// been read before the Concat copies the other inputs.
    private Set<Integer> staying(Node concat) {
        var found = new TreeSet<Integer>();
        var sliced = Value.NONE;
        long at = 0;
        for (int i = 0; i < concat.inputs().size(); i++) {
            var input = concat.input(i);
            long end = at + Chains.shape(input).dim(-1);
            var slice = makers.get(input);
            if (slice != null
                    && takes(slice, concat, at, end)
                    && (found.isEmpty() || slice.input(0).equals(sliced))
                    && canStay(slice, concat)) {
                sliced = slice.input(0);
                found.add(i);
            }
            at = end;
        }
        return found;
    }

    /// Whether a Slice takes these places of rows of a value of the shape that a Concat makes.
    private boolean takes(Node slice, Node concat, long from, long to) {
        var shape = Chains.shape(concat.output(0));
        if (!(slice.op() instanceof Slice) || !Chains.shape(slice.input(0)).equals(shape)) {
            return false;
        }
        var ranges = lowering.flatMap(known -> known.ranges(slice));
        for (int i = 0; ranges.isPresent() && i < shape.rank(); i++) {
            boolean isRow = i == shape.rank() - 1;
            var wanted = new SliceRange(isRow ? from : 0, 1, isRow ? to - from : shape.dim(i));
            if (!ranges.get().get(i).equals(wanted)) {
                return false;
            }
        }
        return ranges.isPresent() && to > from;
    }

    private boolean canStay(Node slice, Node concat) {
        var sliced = slice.input(0);
        var maker = makers.get(sliced);
        return isKernel(slice)
                && isFree(slice.output(0))
                && readers(slice.output(0)).equals(List.of(concat))
                && Collections.frequency(concat.inputs(), slice.output(0)) == 1
                && isFree(sliced)
                && handover.width(sliced) == handover.width(concat.output(0))
                && maker != null
                && isMadeAlone(maker)
                && readers(sliced).stream()
                        .allMatch(reader ->
                                reader.op() instanceof Slice && isKernel(reader) && index(reader) < index(concat));
    }

    /// Gives the inputs of a Concat that joins rows one after the other, which lie apart, their places.
    private void divideRows(Node node, Piece own) {
        long at = own.at();
        for (var input : node.inputs()) {
            var shape = Chains.shape(input);
            long rows = shape.size() / shape.dim(-1);
            long run = shape.dim(-1) * handover.width(input);
            place(views(input), new Piece(own.whole(), at, (rows - 1) * own.rowStep() + run, own.rowStep(), true));
            at += rows * own.rowStep();
        }
        rests.put(node, new Rest(List.of(), own.rowStep()));
    }

    private void place(List<Value> values, Piece piece) {
        values.forEach(value -> pieces.put(value, piece));
    }

    /// Whether an input of a Concat has no other place yet, and all that read it are kernels.
    private boolean canBePiece(Value input, Node concat) {
        return Chains.shape(input).size() > 0
                && isFree(input)
                && Collections.frequency(concat.inputs(), input) == 1
                && readers(input).stream().allMatch(this::isKernel);
    }

    private boolean isFree(Value value) {
        return makers.containsKey(value) && !outputs.contains(value) && !pieces.containsKey(value);
    }

    private List<Node> readers(Value value) {
        return readers.getOrDefault(value, List.of());
    }

    private boolean isKernel(Node node) {
        return !(node.op() instanceof View) && choice(node).isPresent();
    }

    /// Places a value without gaps, if a kernel makes it, or what it is a view of.
    private boolean fit(Value value, Piece piece) {
        var views = views(value);
        var maker = makers.get(views.getLast());
        if (piece.at() % LINE != 0 || maker == null || !isMadeAlone(maker)) {
            return false;
        }
        place(views, piece);
        return true;
    }

    /// A value, what it is a view of, and so on, as far as nobody else reads it.
    private List<Value> views(Value value) {
        var views = new ArrayList<>(List.of(value));
        for (var maker = makers.get(value);
                maker != null && maker.op() instanceof View && isViewOfFree(maker);
                maker = makers.get(views.getLast())) {
            views.add(maker.input(0));
        }
        return views;
    }

    /// Whether nobody else reads what a view is of.
    private boolean isViewOfFree(Node view) {
        var source = view.input(0);
        return isFree(source)
                && source.type().shape().isKnown()
                && readers(source).equals(List.of(view));
    }

    private boolean isMadeAlone(Node maker) {
        return isKernel(maker) && maker.outputs().size() == 1;
    }

    /// Places a value with its rows apart, if it can be written and read so.
    private boolean takeApart(Value value, Node concat, Piece piece) {
        long width = handover.width(value);
        var maker = makers.get(value);
        boolean canBe = Chains.shape(value).dim(-1) * width >= LEAST_ROW_BYTES
                && piece.bytes() / width <= Kernel.MOST_APART
                && maker != null
                && isMadeAlone(maker)
                && (maker.op() instanceof Concat inner
                        ? isOfRows(maker, inner) || isOfBlocks(maker, inner, piece.rowStep() / width)
                        : takesApart(maker, value, piece.rowStep() / width))
                && readers(value).stream()
                        .allMatch(reader -> reader == concat || takesApart(reader, value, piece.rowStep() / width));
        if (canBe) {
            pieces.put(value, piece);
        }
        return canBe;
    }

    /// Whether a Concat joins rows.
    private static boolean isOfRows(Node node, Concat concat) {
        int rank = Chains.shape(node.output(0)).rank();
        return Axes.normalize(concat.axis(), rank) == rank - 1;
    }

    /// Whether a Concat joins rows one after the other, and all of them can be written apart.
    private boolean isOfBlocks(Node node, Concat concat, long step) {
        var result = Chains.shape(node.output(0));
        int axis = Axes.normalize(concat.axis(), result.rank());
        return result.size(0, axis) == 1
                && axis < result.rank() - 1
                && node.inputs().stream().allMatch(input -> isBlock(input, node, step));
    }

    private boolean isBlock(Value input, Node concat, long step) {
        if (!isFree(input)
                || readers(input).size() > 1
                || Collections.frequency(concat.inputs(), input) > 1
                || Chains.shape(input).size() == 0) {
            return false;
        }
        var source = views(input).getLast();
        var maker = makers.get(source);
        return maker != null
                && isMadeAlone(maker)
                && !(maker.op() instanceof Concat)
                && Chains.shape(source).rank() > 0
                && Chains.shape(source).dim(-1) == Chains.shape(input).dim(-1)
                && takesApart(maker, source, step);
    }

    private boolean takesApart(Node node, Value value, long step) {
        var choice = choice(node).orElseThrow();
        var able = choice.takesApart(step);
        for (int i = 0; i < choice.operands().size(); i++) {
            if (choice.operands().get(i).equals(value) && !able.contains(i)) {
                return false;
            }
        }
        return choice.operands().contains(value);
    }

    /// The choices with what has its rows apart, and with what is left of Concats; empty where nothing is left to do.
    Map<Node, Optional<KernelChoice>> choices() {
        var changed = new IdentityHashMap<Node, Optional<KernelChoice>>();
        choices.forEach((node, choice) -> changed.put(
                node,
                isDone(node) ? Optional.empty() : rests.containsKey(node) ? rest(node) : choice.map(this::changed)));
        return changed;
    }

    private Optional<KernelChoice> rest(Node node) {
        var rest = Objects.requireNonNull(rests.get(node), "a Concat without pieces");
        return lowering.flatMap(
                known -> known.restOfConcat(node, rest.inputs(), rest.row(), handover.width(node.output(0))));
    }

    private KernelChoice changed(KernelChoice choice) {
        var steps = new HashMap<Integer, Long>();
        for (int i = 0; i < choice.operands().size(); i++) {
            var value = choice.operands().get(i);
            var piece = pieces.get(value);
            if (piece != null && piece.isApart()) {
                steps.put(i, piece.rowStep() / handover.width(value));
            }
        }
        return choice.apart(steps);
    }

    /// Where a value lies, if it is a piece of another one.
    Optional<Piece> piece(Value value) {
        return Optional.ofNullable(pieces.get(value));
    }

    /// Whether nothing is left to do for a Concat or Slice.
    boolean isDone(Node node) {
        var rest = rests.get(node);
        return done.contains(node) || rest != null && rest.inputs().isEmpty();
    }
}
