package dev.balsa.kernel.epilogue;

import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.Stage;

/// Where the operands of an epilogue stand among those of a request.
public final class EpilogueOperands {
    private EpilogueOperands() {}

    /// The first operand index after those that the epilogue names, at least `first`.
    public static int next(Epilogue epilogue, int first) {
        var next = first;
        var stages = epilogue.stages();
        // By index: kernels ask while they run, and an iterator may be an object on the heap.
        for (int i = 0; i < stages.size(); i++) {
            next = switch (stages.get(i)) {
                case Stage.Unary _ -> next;
                case Stage.Binary binary -> Math.max(next, binary.operand() + 1);
            };
        }
        return next;
    }
}
