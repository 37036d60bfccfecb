package dev.balsa.plan;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Graph;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Concat;
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

/// Has kernels write what is concatenated straight into what a Concat makes of it, where they and all others that read
/// it can do so: into a piece without gaps, if dimensions before the axis have one element, or else with their rows
/// apart ([Kernel#takesApart]). The Concat copies what is left, or nothing. What it makes may itself be a piece of what
/// another one makes: concatenations that grow step by step share the memory of the last one.
final class ConcatPieces {
    /// Pieces without gaps begin with a line, as memory of their own does.
    private static final int LINE = 64;
    /// Shorter rows apart take longer to write than they take to copy.
    private static final long LEAST_ROW_BYTES = 64;

    /// No pieces at all.
    static final ConcatPieces NONE =
            new ConcatPieces(new GraphBuilder("none").build(List.of()), Map.of(), StorageHandover.NONE);

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
    private final Map<Value, Node> makers = new HashMap<>();
    private final Map<Value, List<Node>> readers = new HashMap<>();
    private final Set<Value> outputs;
    private final Map<Value, Piece> pieces = new HashMap<>();
    /// By Concat that has pieces, or is one.
    private final IdentityHashMap<Node, Rest> rests = new IdentityHashMap<>();

    private ConcatPieces(Graph graph, Map<Node, Optional<KernelChoice>> choices, StorageHandover handover) {
        this.choices = choices;
        this.handover = handover;
        outputs = new HashSet<>(graph.outputs());
        for (var node : graph.nodes()) {
            node.outputs().forEach(output -> makers.put(output, node));
            for (var input : new HashSet<>(node.inputs())) {
                readers.computeIfAbsent(input, _ -> new ArrayList<>()).add(node);
            }
        }
    }

    /// Finds the pieces of all Concats for which there are kernels.
    static ConcatPieces of(Graph graph, Map<Node, Optional<KernelChoice>> choices, StorageHandover handover) {
        var found = new ConcatPieces(graph, choices, handover);
        // What a Concat makes has its place before what it is made of.
        for (var node : graph.nodes().reversed()) {
            if (node.op() instanceof Concat concat && found.choice(node).isPresent()) {
                found.divide(node, concat);
            }
        }
        return found;
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
        boolean isOwnApart = own != null && own.isApart();
        var whole = own == null ? node.output(0) : own.whole();
        // Pieces without gaps are of one row.
        boolean isApart = result.size(0, axis) != 1;
        long row = own != null && own.isApart() ? own.rowStep() : result.size(axis, result.rank()) * width;
        boolean isDivisible = isApart ? axis == result.rank() - 1 : !isOwnApart;
        long at = own == null ? 0 : own.at();
        var rest = new ArrayList<Integer>();
        for (int i = 0; i < node.inputs().size(); i++) {
            var input = node.input(i);
            long run = Chains.shape(input).size(axis, result.rank()) * width;
            var piece = new Piece(whole, at, (result.size(0, axis) - 1) * row + run, row, isApart);
            if (!isDivisible
                    || !canBePiece(input, node)
                    || !(isApart ? takeApart(input, node, piece) : fit(input, piece))) {
                rest.add(i);
            }
            at += run;
        }
        if (own != null || rest.size() < node.inputs().size()) {
            rests.put(node, new Rest(rest, row));
        }
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
        var views = new ArrayList<Value>();
        var source = value;
        var maker = makers.get(source);
        while (maker != null && maker.op() instanceof View && isViewOfFree(maker)) {
            views.add(source);
            source = maker.input(0);
            maker = makers.get(source);
        }
        if (piece.at() % LINE != 0 || maker == null || !isMadeAlone(maker)) {
            return false;
        }
        views.forEach(view -> pieces.put(view, piece));
        pieces.put(source, piece);
        return true;
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
                        ? isOfRows(maker, inner)
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

    /// The choices with what has its rows apart, and with what is left of Concats; empty where nothing is left.
    Map<Node, Optional<KernelChoice>> choices(Lowering lowering) {
        var changed = new IdentityHashMap<Node, Optional<KernelChoice>>();
        choices.forEach((node, choice) ->
                changed.put(node, rests.containsKey(node) ? rest(node, lowering) : choice.map(this::changed)));
        return changed;
    }

    private Optional<KernelChoice> rest(Node node, Lowering lowering) {
        var rest = Objects.requireNonNull(rests.get(node), "a Concat without pieces");
        return rest.inputs().isEmpty()
                ? Optional.empty()
                : lowering.restOfConcat(node, rest.inputs(), rest.row(), handover.width(node.output(0)));
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

    /// Whether nothing is left to do for a Concat.
    boolean isDone(Node node) {
        var rest = rests.get(node);
        return rest != null && rest.inputs().isEmpty();
    }
}
