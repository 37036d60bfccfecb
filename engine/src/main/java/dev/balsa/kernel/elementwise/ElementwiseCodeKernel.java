package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.LoopNest;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.depthfirst.Layer;
import dev.balsa.kernel.elementwise.ElementwiseCode.Form;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Chains of functions of floats as one loop of machine code.
public final class ElementwiseCodeKernel implements Kernel<ElementwiseRequest> {
    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public ElementwiseCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_elementwise_f32", unit.isa());
    }

    @Override
    public boolean supports(ElementwiseRequest request) {
        var nest = nest(request);
        if (nest.total() == 0
                || request.strides().size() > RowsWork.MOST_INPUTS
                || !StageCode.knows(stages(request, nest))) {
            return false;
        }
        for (int i = 0; i < request.strides().size(); i++) {
            boolean isSpread = nest.innerStride(i) == 1;
            boolean isOne = nest.innerStride(i) == 0 && request.storages().get(i) == Storage.FLOATS;
            if (!isSpread && !isOne) {
                return false;
            }
        }
        return request.isOfFloats() || unit.hasMasks() && !request.storages().contains(Storage.PARTS);
    }

    @Override
    public Set<Set<Integer>> takes(ElementwiseRequest request, Storage storage) {
        var operands = new HashSet<Set<Integer>>();
        if (storage == Storage.BFLOAT16 && unit.hasMasks()) {
            request.ofRows().forEach(operand -> operands.add(Set.of(operand)));
        }
        return operands;
    }

    @Override
    public ElementwiseRequest stored(ElementwiseRequest request, Storage storage, Set<Integer> operands) {
        return request.stored(storage, operands);
    }

    /// The walk of the inputs and the output.
    private static LoopNest nest(ElementwiseRequest request) {
        var strides = new ArrayList<>(request.strides());
        strides.add(LoopNest.strides(request.shape(), request.resultStep()));
        return new LoopNest(request.shape(), strides);
    }

    /// The stages, with their operands' spread along a row.
    private static List<Stage> stages(ElementwiseRequest request, LoopNest nest) {
        var stages = new ArrayList<Stage>();
        for (var stage : request.stages()) {
            stages.add(
                    switch (stage) {
                        case Stage.Unary unary -> unary;
                        case Stage.Binary(var function, int operand, var _, var _) ->
                            new Stage.Binary(
                                    function,
                                    operand,
                                    nest.innerStride(operand) == 0 ? Spread.SCALAR : Spread.FULL,
                                    request.storages().get(operand));
                    });
        }
        return stages;
    }

    @Override
    public Optional<Layer> layer(ElementwiseRequest request, Constants constants) {
        return ElementwiseLayer.of(this, request, constants);
    }

    @Override
    public Set<Integer> takesApart(ElementwiseRequest request, long step) {
        return request.ofRows();
    }

    @Override
    public ElementwiseRequest apart(ElementwiseRequest request, Map<Integer, Long> steps) {
        return request.apart(steps);
    }

    @Override
    public Work prepare(ElementwiseRequest request, Constants constants) {
        var nest = nest(request);
        var spread = new ArrayList<Boolean>();
        for (int i = 0; i < request.strides().size(); i++) {
            spread.add(nest.innerStride(i) == 1);
        }
        var form = new Form(unit, spread, stages(request, nest), request.storages());
        var code = constants.code(form.name(), () -> ElementwiseCode.write(form));
        var bytes = request.storages().stream().map(Storage::bytes).toList();
        return new RowsWork(nest, bytes, unit.lanes(), code);
    }
}
