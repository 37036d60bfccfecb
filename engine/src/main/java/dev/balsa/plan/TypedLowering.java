package dev.balsa.plan;

import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.elementwise.Abs;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.And;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Equal;
import dev.balsa.ir.elementwise.Greater;
import dev.balsa.ir.elementwise.GreaterOrEqual;
import dev.balsa.ir.elementwise.Less;
import dev.balsa.ir.elementwise.LessOrEqual;
import dev.balsa.ir.elementwise.Max;
import dev.balsa.ir.elementwise.Min;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Neg;
import dev.balsa.ir.elementwise.Not;
import dev.balsa.ir.elementwise.Or;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.ir.elementwise.Where;
import dev.balsa.ir.elementwise.Xor;
import dev.balsa.kernel.elementwise.ElementwiseKernels;
import dev.balsa.kernel.elementwise.TypedFunction;
import dev.balsa.kernel.elementwise.TypedRequest;
import java.util.ArrayList;
import java.util.Optional;

/// Finds kernels for elementwise operators whose elements are not only floats.
record TypedLowering(KernelPicker picker) {
    Optional<KernelChoice> lower(Node node) {
        var function = function(node.op());
        boolean isKnown = function.isPresent()
                && node.inputs().size() == function.get().operands()
                && node.outputs().size() == 1
                && node.inputs().stream().allMatch(value -> value.type().shape().isKnown())
                && node.output(0).type().shape().isKnown();
        if (!isKnown) {
            return Optional.empty();
        }
        var result = Chains.shape(node.output(0));
        var request = new TypedRequest(
                function.get(),
                node.inputs().stream().map(value -> value.type().dtype()).toList(),
                node.output(0).type().dtype(),
                result.toList(),
                node.inputs().stream()
                        .map(value -> ChainLowering.strides(Chains.shape(value), result))
                        .toList());
        var operands = new ArrayList<>(node.inputs());
        operands.add(node.output(0));
        return picker.pick(ElementwiseKernels.typed(picker.isa()), request, operands, 0);
    }

    private static Optional<TypedFunction> function(Op op) {
        return switch (op) {
            case Equal _ -> Optional.of(TypedFunction.EQUAL);
            case Less _ -> Optional.of(TypedFunction.LESS);
            case LessOrEqual _ -> Optional.of(TypedFunction.LESS_OR_EQUAL);
            case Greater _ -> Optional.of(TypedFunction.GREATER);
            case GreaterOrEqual _ -> Optional.of(TypedFunction.GREATER_OR_EQUAL);
            case And _ -> Optional.of(TypedFunction.AND);
            case Or _ -> Optional.of(TypedFunction.OR);
            case Xor _ -> Optional.of(TypedFunction.XOR);
            case Not _ -> Optional.of(TypedFunction.NOT);
            case Add _ -> Optional.of(TypedFunction.ADD);
            case Sub _ -> Optional.of(TypedFunction.SUB);
            case Mul _ -> Optional.of(TypedFunction.MUL);
            case Min _ -> Optional.of(TypedFunction.MIN);
            case Max _ -> Optional.of(TypedFunction.MAX);
            case Neg _ -> Optional.of(TypedFunction.NEG);
            case Abs _ -> Optional.of(TypedFunction.ABS);
            case Where _ -> Optional.of(TypedFunction.SELECT);
            case Cast _ -> Optional.of(TypedFunction.CAST);
            default -> Optional.empty();
        };
    }
}
