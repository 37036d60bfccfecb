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
    static final ConcatPieces NONE = new ConcatPieces(new GraphBuilder("none").build(List.of()), Map.of());

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
    private final Map<Value, Node> makers = new HashMap<>();
    private final Map<Value, List<Node>> readers = new HashMap<>();
    private final Set<Value> outputs;
    private final Map<Value, Piece> pieces = new HashMap<>();
    /// By Concat that has pieces, or is one.
    private final Map<Node, Rest> rests = new IdentityHashMap<>();

    private ConcatPieces(Graph graph, Map<Node, Optional<KernelChoice>> choices) {
        this.choices = choices;
        outputs = new HashSet<>(graph.outputs());
        for (var node : graph.nodes()) {
            node.outputs().forEach(output -> makers.put(output, node));
            for (var input : new HashSet<>(node.inputs())) {
                readers.computeIfAbsent(input, _ -> new ArrayList<>()).add(node);
            }
        }
    }

    /// Finds the pieces of all Concats for which there are kernels.
    static ConcatPieces of(Graph graph, Map<Node, Optional<KernelChoice>> choices) {
        var found = new ConcatPieces(graph, choices);
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
        int width = node.output(0).type().dtype().elementBytes();
        var own = Optional.ofNullable(pieces.get(node.output(0)));
        boolean isApart = result.size(0, axis) != 1;
        long rowStep = own.map(Piece::rowStep).orElse(result.dim(-1) * width);
        long at = own.map(Piece::at).orElse(0L);
        var rest = new ArrayList<Integer>();
        boolean isDivisible = isApart ? axis == result.rank() - 1 : own.isEmpty() || !own.get().isApart();
        for (int i = 0; i < node.inputs().size(); i++) {
            var input = node.input(i);
            var shape = Chains.shape(input);
            long bytes = shape.size() * width;
            if (isDivisible && canBePiece(input, node)) {
                long rowBytes = shape.dim(-1) * width;
                var piece = new Piece(
                        own.map(Piece::whole).orElse(node.output(0)),
                        at,
                        isApart ? (shape.size() / shape.dim(-1) - 1) * rowStep + rowBytes : bytes,
                        isApart ? rowStep : rowBytes,
                        isApart);
                if (isApart ? takeApart(input, node, piece) : at % LINE == 0) {
                    pieces.put(input, piece);
                } else {
                    rest.add(i);
                }
            } else {
                rest.add(i);
            }
            at += isApart ? shape.dim(-1) * width : bytes;
        }
        if (own.isPresent() || rest.size() < node.inputs().size()) {
            boolean isDense = own.isEmpty() || !own.get().isApart();
            rests.put(node, new Rest(rest, isDense ? result.size(axis, result.rank()) * width : rowStep));
        }
    }

    /// Whether a kernel makes an input of a Concat, which has no other place yet, and only kernels read it.
    private boolean canBePiece(Value input, Node concat) {
        var maker = makers.get(input);
        return maker != null
                && isKernel(maker)
                && maker.outputs().size() == 1
                && Chains.shape(input).size() > 0
                && !outputs.contains(input)
                && !pieces.containsKey(input)
                && Collections.frequency(concat.inputs(), input) == 1
                && readers.get(input).stream().allMatch(this::isKernel);
    }

    private boolean isKernel(Node node) {
        return !(node.op() instanceof View) && choice(node).isPresent();
    }

    /// Whether a value can be written and read with rows apart.
    private boolean takeApart(Value value, Node concat, Piece piece) {
        long width = value.type().dtype().elementBytes();
        var maker = makers.get(value);
        return Chains.shape(value).dim(-1) * width >= LEAST_ROW_BYTES
                && piece.bytes() / width <= Kernel.MOST_APART
                && (maker.op() instanceof Concat inner ? isOfRows(maker, inner) : takesApart(maker, value))
                && readers.get(value).stream().allMatch(reader -> reader == concat || takesApart(reader, value));
    }

    /// Whether a Concat joins rows.
    private static boolean isOfRows(Node node, Concat concat) {
        int rank = Chains.shape(node.output(0)).rank();
        return Axes.normalize(concat.axis(), rank) == rank - 1;
    }

    private boolean takesApart(Node node, Value value) {
        var choice = choice(node).orElseThrow();
        var able = choice.takesApart();
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
        choices.forEach((node, choice) -> changed.put(
                node, rests.containsKey(node) ? rest(node, lowering) : choice.map(this::changed)));
        return changed;
    }

    private Optional<KernelChoice> rest(Node node, Lowering lowering) {
        return isDone(node)
                ? Optional.empty()
                : lowering.restOfConcat(node, rests.get(node).inputs(), rests.get(node).row());
    }

    private KernelChoice changed(KernelChoice choice) {
        var steps = new HashMap<Integer, Long>();
        for (int i = 0; i < choice.operands().size(); i++) {
            var value = choice.operands().get(i);
            var piece = pieces.get(value);
            if (piece != null && piece.isApart()) {
                steps.put(i, piece.rowStep() / value.type().dtype().elementBytes());
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
        return rests.containsKey(node) && rests.get(node).inputs().isEmpty();
    }
}
