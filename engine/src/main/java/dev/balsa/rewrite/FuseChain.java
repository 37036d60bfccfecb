package dev.balsa.rewrite;

import dev.balsa.ir.Node;
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

        /// Whether `next` may follow in a chain.
        ///
        /// @param fused the chain with `next` as its last step, operands numbered among `inputs`
        /// @param headOutput the result of the node that the chain goes on from
        /// @param inputs the inputs of the fused node
        boolean follows(Fused fused, Value headOutput, Node next, List<Value> inputs, GraphView view);
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
        var fused = fused(node);
        var result = node.output(0);
        for (var next = view.soleConsumer(result); next.isPresent(); next = view.soleConsumer(result)) {
            if (next.get().inputs().size() > MOST_OPERANDS) {
                break;
            }
            var extended = new ArrayList<>(inputs);
            var longer = extended(fused, step(next.get(), result, extended));
            if (next.get().outputs().size() != 1
                    || !acceptance.follows(longer, node.output(0), next.get(), extended, view)) {
                break;
            }
            inputs = extended;
            fused = longer;
            removed.add(next.get());
            result = next.get().output(0);
        }
        if (removed.size() == 1) {
            return Optional.empty();
        }
        return Optional.of(Patch.fuse(
                name() + " " + node.label(), removed, new Node(node.name(), fused, inputs, List.of(result))));
    }

    /// The node as the head of a chain, with the steps that it has.
    static Fused fused(Node node) {
        return node.op() instanceof Fused fused
                ? fused
                : new Fused(node.op(), node.inputs().size(), List.of());
    }

    /// A chain with one more step.
    static Fused extended(Fused fused, ChainStep step) {
        var chain = new ArrayList<>(fused.chain());
        chain.add(step);
        return new Fused(fused.core(), fused.coreInputs(), chain);
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
