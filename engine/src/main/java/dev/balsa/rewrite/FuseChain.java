package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.Value;
import dev.balsa.ir.fusion.ChainStep;
import dev.balsa.ir.fusion.Fused;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes one [Fused] operator of an operator and the elementwise operators that its result alone goes through.
///
/// @param acceptance what can be fused to what
public record FuseChain(Acceptance acceptance) implements Rule {
    /// Says what is worth fusing: what the runtime does in one go.
    public interface Acceptance {
        /// Whether an operator may stand at the head of a chain.
        boolean head(Node node, GraphView view);

        /// Whether `next` may follow in the chain of `head` (or of the node that `head` was fused from).
        ///
        /// @param step `next` as a step of the chain, operands numbered among `inputs`
        /// @param inputs the inputs of the fused node
        boolean follows(Op head, Value headOutput, Node next, ChainStep step, List<Value> inputs, GraphView view);
    }

    /// No step of a chain reads more; to look at a sum of thousands from each of its operands would take long.
    private static final int MOST_OPERANDS = 8;

    @Override
    public String name() {
        return "FuseChain";
    }

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!node.output(0).isPresent()
                || node.outputs().size() != 1
                || view.soleConsumer(node.output(0)).isEmpty()
                || !acceptance.head(node, view)) {
            return Optional.empty();
        }
        var removed = new ArrayList<>(List.of(node));
        var inputs = new ArrayList<>(node.inputs());
        var chain = new ArrayList<ChainStep>();
        var head = node.op() instanceof Fused fused
                ? fused
                : new Fused(node.op(), node.inputs().size(), List.of());
        var result = node.output(0);
        for (var next = view.soleConsumer(result); next.isPresent(); next = view.soleConsumer(result)) {
            if (next.get().inputs().size() > MOST_OPERANDS) {
                break;
            }
            var extended = new ArrayList<>(inputs);
            var step = step(next.get(), result, extended);
            if (next.get().outputs().size() != 1
                    || !acceptance.follows(head.core(), node.output(0), next.get(), step, extended, view)) {
                break;
            }
            inputs = extended;
            chain.add(step);
            removed.add(next.get());
            result = next.get().output(0);
        }
        if (chain.isEmpty()) {
            return Optional.empty();
        }
        chain.addAll(0, head.chain());
        var fused = new Fused(head.core(), head.coreInputs(), chain);
        return Optional.of(Patch.fuse(
                name() + " " + node.label(), removed, new Node(node.name(), fused, inputs, List.of(result))));
    }

    /// The node as a step of a chain; its other operands are added to `inputs`.
    static ChainStep step(Node node, Value chain, List<Value> inputs) {
        var operands = new ArrayList<Long>();
        for (var value : node.inputs()) {
            if (value.equals(chain)) {
                operands.add(ChainStep.CHAIN);
            } else if (!value.isPresent()) {
                operands.add(ChainStep.LEFT_OUT);
            } else {
                operands.add((long) inputs.size());
                inputs.add(value);
            }
        }
        return new ChainStep(node.op(), operands);
    }
}
