package dev.balsa.rewrite;

import dev.balsa.ir.Graph;

/// One way of improving a graph. Stateless.
public interface Pass {
    /// What messages and logs call it.
    String name();

    /// The improved graph, or the same object if there is nothing to improve.
    ///
    /// @param budget counts patches; when it is used up nothing more is changed
    Graph apply(Graph graph, PatchBudget budget);
}
