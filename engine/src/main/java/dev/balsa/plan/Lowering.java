package dev.balsa.plan;

import dev.balsa.ir.Node;
import java.util.Optional;

/// Finds a kernel for a node whose shapes are known. One class per operator family does the work; here is only the choice
/// among them.
final class Lowering {
    private final PlanContext context;

    Lowering(PlanContext context) {
        this.context = context;
    }

    /// The kernel for a node, or nothing if its plain definition must do.
    Optional<KernelChoice> lower(Node node) {
        return Optional.empty();
    }
}
