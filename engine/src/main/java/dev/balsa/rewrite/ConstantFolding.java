package dev.balsa.rewrite;

import dev.balsa.ir.Graph;

/// Computes nodes whose inputs are all constants, by their plain definitions.
///
/// @param sparesWeights whether matrices and more of 8-bit integers are not dequantised, so that rules see what
///     they are
/// @param threads which share the work where there is much of it
public record ConstantFolding(boolean sparesWeights, int threads) implements Pass {
    @Override
    public String name() {
        return "ConstantFolding";
    }

    @Override
    public Graph apply(Graph graph, PatchBudget budget) {
        return new FoldedGraph(graph, budget, sparesWeights, threads).fold();
    }
}
