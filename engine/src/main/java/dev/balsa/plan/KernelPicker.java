package dev.balsa.plan;

import dev.balsa.cpu.Isa;
import dev.balsa.ir.Value;
import dev.balsa.kernel.Kernel;
import dev.balsa.tensor.Precision;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Takes the first kernel of a family's list that the instruction set allows and that supports the request.
record KernelPicker(PlanContext context) {
    /// The highest level that kernels may use.
    Isa isa() {
        return context.isa();
    }

    /// How close results must stay to what the model says.
    Precision precision() {
        return context.precision();
    }

    <R> Optional<KernelChoice> pick(List<Kernel<R>> kernels, R request, List<Value> operands, long flops) {
        return pick(kernels, request, operands, OptionalInt.empty(), flops);
    }

    <R> Optional<KernelChoice> pick(
            List<Kernel<R>> kernels, R request, List<Value> operands, OptionalInt inPlace, long flops) {
        return kernels.stream()
                .filter(kernel -> kernel.spec().isa().compareTo(context.isa()) <= 0 && kernel.supports(request))
                .findFirst()
                .map(kernel -> new KernelChoice(
                        kernel.spec().name(), kernel.prepare(request, context.constants()), operands, inPlace, flops));
    }
}
