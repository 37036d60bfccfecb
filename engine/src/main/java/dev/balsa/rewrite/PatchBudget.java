package dev.balsa.rewrite;

import java.util.ArrayList;
import java.util.List;

/// How many patches may still be applied, and the labels of those that were: for bisecting a wrong result. Not for
/// concurrent use.
public final class PatchBudget {
    private final int limit;
    private final List<String> applied = new ArrayList<>();
    private final FoldingBudget folding = new FoldingBudget();

    /// At most `limit` patches.
    public PatchBudget(int limit) {
        this.limit = limit;
    }

    /// As many patches as there are.
    public static PatchBudget unlimited() {
        return new PatchBudget(Integer.MAX_VALUE);
    }

    /// Takes one patch out of the budget; false if it is used up.
    boolean take(String label) {
        if (applied.size() >= limit) {
            return false;
        }
        applied.add(label);
        return true;
    }

    /// What may still be computed ahead of the runs.
    FoldingBudget folding() {
        return folding;
    }

    /// The labels of the patches applied, in order.
    public List<String> applied() {
        return List.copyOf(applied);
    }
}
