package dev.balsa.kernel.elementwise;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.vector.PortableKernel;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.ArrayList;
import java.util.List;

/// The kernels of this family by request, best first.
public final class ElementwiseKernels {
    private ElementwiseKernels() {}

    /// The kernels for [ElementwiseRequest] up to a level.
    public static List<Kernel<ElementwiseRequest>> chains(Isa isa, VectorProvider provider) {
        var kernels = new ArrayList<Kernel<ElementwiseRequest>>();
        VectorUnit.of(isa).ifPresent(unit -> kernels.add(new ElementwiseCodeKernel(unit)));
        kernels.addAll(chains(provider));
        return kernels;
    }

    /// The kernels for [ElementwiseRequest] on any CPU.
    public static List<Kernel<ElementwiseRequest>> chains(VectorProvider provider) {
        return List.of(
                new PortableKernel<>("elementwise_f32", provider, _ -> true, r -> new ElementwiseWork(r, provider)));
    }

    /// The kernels for [TypedRequest] up to a level.
    public static List<Kernel<TypedRequest>> typed(Isa isa) {
        return VectorUnit.of(isa).isPresent() ? List.of(new TypedCodeKernel()) : List.of();
    }

    /// The kernels for [SelectRequest].
    public static List<Kernel<SelectRequest>> selects() {
        return List.of(new PortableKernel<>("select_any", VectorProvider.PLAIN, _ -> true, SelectWork::new));
    }

    /// The kernels for [CastRequest].
    public static List<Kernel<CastRequest>> casts() {
        return List.of(new PortableKernel<>("cast_f32", VectorProvider.PLAIN, CastWork::suits, CastWork::new));
    }

    /// The kernels for [QuantizeRequest] up to a level.
    public static List<Kernel<QuantizeRequest>> quantizers(Isa isa, VectorProvider provider) {
        var kernels = new ArrayList<Kernel<QuantizeRequest>>();
        VectorUnit.of(isa).ifPresent(unit -> kernels.add(new QuantizeCodeKernel(unit)));
        kernels.addAll(quantizers(provider));
        return kernels;
    }

    /// The kernels for [QuantizeRequest] on any CPU.
    public static List<Kernel<QuantizeRequest>> quantizers(VectorProvider provider) {
        return List.of(new PortableKernel<>(
                "quantize_f32i8", provider, QuantizeWork::suits, r -> new QuantizeWork(r, provider)));
    }

    /// The kernels for [QuantizedAddRequest] up to a level; none without machine code.
    public static List<Kernel<QuantizedAddRequest>> quantizedAdditions(Isa isa) {
        return VectorUnit.of(isa).stream()
                .<Kernel<QuantizedAddRequest>>map(QuantizedAddCodeKernel::new)
                .toList();
    }

    /// The kernels for [LookupRequest] up to a level.
    public static List<Kernel<LookupRequest>> lookups(Isa isa) {
        var kernels = new ArrayList<Kernel<LookupRequest>>();
        VectorUnit.of(isa).ifPresent(_ -> kernels.add(new LookupCodeKernel(isa)));
        kernels.add(new PortableKernel<>("lookup_i8", VectorProvider.PLAIN, _ -> true, LookupWork::new));
        return kernels;
    }

    /// The kernels for [DequantizeRequest] up to a level.
    public static List<Kernel<DequantizeRequest>> dequantizers(Isa isa) {
        var kernels = new ArrayList<Kernel<DequantizeRequest>>();
        VectorUnit.of(isa).ifPresent(unit -> kernels.add(new DequantizeCodeKernel(unit)));
        kernels.addAll(dequantizers());
        return kernels;
    }

    /// The kernels for [DequantizeRequest] on any CPU.
    public static List<Kernel<DequantizeRequest>> dequantizers() {
        return List.of(new PortableKernel<>(
                "dequantize_i8f32", VectorProvider.PLAIN, DequantizeWork::suits, DequantizeWork::new));
    }

    /// The kernels for [DynamicQuantizeRequest] up to a level.
    public static List<Kernel<DynamicQuantizeRequest>> dynamicQuantizers(Isa isa, VectorProvider provider) {
        var kernels = new ArrayList<Kernel<DynamicQuantizeRequest>>();
        VectorUnit.of(isa).ifPresent(unit -> kernels.add(new DynamicQuantizeCodeKernel(unit)));
        kernels.addAll(dynamicQuantizers(provider));
        return kernels;
    }

    /// The kernels for [DynamicQuantizeRequest] on any CPU.
    public static List<Kernel<DynamicQuantizeRequest>> dynamicQuantizers(VectorProvider provider) {
        return List.of(new PortableKernel<>(
                "dynamicquantize_f32u8", provider, _ -> true, r -> new DynamicQuantizeWork(r, provider)));
    }
}
