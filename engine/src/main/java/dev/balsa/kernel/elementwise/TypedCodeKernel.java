package dev.balsa.kernel.elementwise;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.LoopNest;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.elementwise.TypedCode.Form;
import dev.balsa.tensor.DataType;
import java.util.ArrayList;
import java.util.List;

/// Functions of elements of any types in machine code. Memory is what they wait for, so that vectors of 256 bits
/// do on every level.
public final class TypedCodeKernel implements Kernel<TypedRequest> {
    @Override
    public KernelSpec spec() {
        return new KernelSpec("avx2_typed_any", Isa.AVX2);
    }

    @Override
    public boolean supports(TypedRequest request) {
        var nest = new LoopNest(request.shape(), request.strides());
        if (nest.total() == 0 || !hasTypes(request)) {
            return false;
        }
        for (int i = 0; i < request.strides().size(); i++) {
            if (nest.innerStride(i) != 0 && nest.innerStride(i) != 1) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasTypes(TypedRequest request) {
        var types = request.types();
        var first = types.getFirst();
        if (!types.stream().allMatch(TypedMoves::knows) || !TypedMoves.knows(request.result())) {
            return false;
        }
        return switch (request.function()) {
            case EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
                first == types.get(1) && request.result() == DataType.BOOL;
            case AND, OR, XOR, NOT ->
                types.stream().allMatch(type -> type == DataType.BOOL) && request.result() == DataType.BOOL;
            case ADD, SUB, MUL, MIN, MAX, NEG, ABS ->
                types.stream().allMatch(type -> type == request.result()) && first.isInteger();
            case SELECT ->
                first == DataType.BOOL && types.get(1) == request.result() && types.get(2) == request.result();
            case CAST -> true;
        };
    }

    @Override
    public Work prepare(TypedRequest request, Constants constants) {
        var strides = new ArrayList<>(request.strides());
        strides.add(LoopNest.strides(
                request.shape(), request.shape().isEmpty() ? 1 : request.shape().getLast()));
        var nest = new LoopNest(request.shape(), strides);
        var spread = new ArrayList<Boolean>();
        var bytes = new ArrayList<Integer>();
        for (int i = 0; i < request.strides().size(); i++) {
            spread.add(nest.innerStride(i) == 1);
            bytes.add(request.types().get(i).elementBytes());
        }
        bytes.add(request.result().elementBytes());
        var form = new Form(request.function(), request.types(), request.result(), spread);
        var code = constants.code(form.name(), () -> TypedCode.write(form));
        return new RowsWork(nest, List.copyOf(bytes), form.lanes(), code);
    }
}
