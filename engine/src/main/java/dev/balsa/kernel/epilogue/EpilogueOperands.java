package dev.balsa.kernel.epilogue;

import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.Stage;

/// Where the operands of an epilogue stand among those of a request.
public final class EpilogueOperands {
    private EpilogueOperands() {}

    /// The first operand index after those that the epilogue names, at least `first`.
    public static int next(Epilogue epilogue, int first) {
        var next = first;
        for (var stage : epilogue.stages()) {
            next = switch (stage) {
                case Stage.Unary _ -> next;
                case Stage.Binary binary -> Math.max(next, binary.operand() + 1);
            };
        }
        return next;
    }
}
