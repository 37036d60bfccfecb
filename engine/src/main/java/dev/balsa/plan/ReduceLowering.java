package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.reduction.Reduce;
import dev.balsa.ir.reduction.ReduceL1;
import dev.balsa.ir.reduction.ReduceL2;
import dev.balsa.ir.reduction.ReduceLogSum;
import dev.balsa.ir.reduction.ReduceLogSumExp;
import dev.balsa.ir.reduction.ReduceMax;
import dev.balsa.ir.reduction.ReduceMean;
import dev.balsa.ir.reduction.ReduceMin;
import dev.balsa.ir.reduction.ReduceProd;
import dev.balsa.ir.reduction.ReduceSum;
import dev.balsa.ir.reduction.ReduceSumSquare;
import dev.balsa.kernel.reduce.ReduceFunction;
import dev.balsa.kernel.reduce.ReduceKernels;
import dev.balsa.kernel.reduce.ReduceRequest;
import dev.balsa.kernel.vector.VectorProvider;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/// Finds kernels for reductions of float32 over axes that are known.
record ReduceLowering(Graph graph, KernelPicker picker) {
    Optional<KernelChoice> reduce(Node node, Reduce op) {
        var given = node.input(1).isPresent() ? graph.constant(node.input(1)) : Optional.of(Tensor.of(new long[0], 0));
        if (!Chains.isFloat(node.input(0)) || given.isEmpty()) {
            return Optional.empty();
        }
        var shape = Chains.shape(node.input(0));
        var axes = op.reduced(LongStream.of(given.get().toLongArray()).boxed().toList(), shape.rank());
        var request = new ReduceRequest(function(op), shape.toList(), axes);
        return picker.pick(
                ReduceKernels.of(picker.isa(), VectorProvider.best()),
                request,
                List.of(node.input(0), node.output(0)),
                0);
    }

    private static ReduceFunction function(Reduce op) {
        return switch (op) {
            case ReduceSum _ -> ReduceFunction.SUM;
            case ReduceMean _ -> ReduceFunction.MEAN;
            case ReduceMax _ -> ReduceFunction.MAX;
            case ReduceMin _ -> ReduceFunction.MIN;
            case ReduceProd _ -> ReduceFunction.PRODUCT;
            case ReduceSumSquare _ -> ReduceFunction.SUM_OF_SQUARES;
            case ReduceL1 _ -> ReduceFunction.L1;
            case ReduceL2 _ -> ReduceFunction.L2;
            case ReduceLogSum _ -> ReduceFunction.LOG_SUM;
            case ReduceLogSumExp _ -> ReduceFunction.LOG_SUM_EXP;
        };
    }
}
