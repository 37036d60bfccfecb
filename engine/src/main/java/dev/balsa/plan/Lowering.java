package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.contraction.Gemm;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.ir.elementwise.Elementwise;
import java.util.Optional;

/// Finds a kernel for a node whose shapes are known. One class per operator family does the work; here is only the choice
/// among them.
final class Lowering {
    private final GemmLowering gemms;
    private final ChainLowering chains;

    Lowering(Graph graph, PlanContext context) {
        var picker = new KernelPicker(context);
        gemms = new GemmLowering(graph, picker);
        chains = new ChainLowering(graph, picker);
    }

    /// The kernel for a node, or nothing if its plain definition must do.
    Optional<KernelChoice> lower(Node node) {
        return switch (Epilogues.core(node)) {
            case MatMul op -> gemms.matMul(node, op);
            case Gemm op -> gemms.gemm(node, op);
            case Elementwise _ -> chains.chain(node);
            default -> Optional.empty();
        };
    }
}
