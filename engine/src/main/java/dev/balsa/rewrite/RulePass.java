package dev.balsa.rewrite;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/// Applies one rule wherever it matches.
///
/// @param rule the rule
public record RulePass(Rule rule) implements Pass {
    @Override
    public String name() {
        return rule.name();
    }

    /// Goes over the nodes in order; patches that want a node which an earlier one has changed wait for the next
    /// round.
    @Override
    public Graph apply(Graph graph, PatchBudget budget) {
        var view = new GraphView(graph);
        var patches = new ArrayList<Patch>();
        Set<Node> touched = Collections.newSetFromMap(new IdentityHashMap<>());
        for (var node : graph.nodes()) {
            // A node without a first output is dead, or does something that no rule is about.
            if (touched.contains(node) || !node.output(0).isPresent()) {
                continue;
            }
            var patch = rule.match(node, view);
            if (patch.isPresent()
                    && disjoint(patch.get(), view, touched)
                    && budget.take(patch.get().label())) {
                patches.add(patch.get());
            }
        }
        return patches.isEmpty() ? graph : Patching.apply(graph, patches);
    }

    /// Whether no earlier patch of this round has changed what this one looks at; from now on it has.
    private static boolean disjoint(Patch patch, GraphView view, Set<Node> touched) {
        var around = new ArrayList<Node>(patch.removed());
        for (var node : patch.removed()) {
            node.inputs().forEach(value -> view.producer(value).ifPresent(around::add));
            node.outputs().forEach(value -> around.addAll(view.consumers(value)));
        }
        boolean free = patch.removed().stream().noneMatch(touched::contains);
        if (free) {
            touched.addAll(patch.removed());
            // Neighbours may still be patched in this round unless values of theirs are replaced.
            if (!patch.replaced().isEmpty()) {
                touched.addAll(around);
            }
        }
        return free;
    }
}
