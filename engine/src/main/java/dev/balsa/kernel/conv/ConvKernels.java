package dev.balsa.kernel.conv;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.amx.AmxFamily;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.IntegerUnit;
import dev.balsa.kernel.tile.VectorFamily;
import dev.balsa.kernel.vector.VectorProvider;
import dev.balsa.tensor.Precision;
import java.util.ArrayList;
import java.util.List;

/// The kernels of this package.
public final class ConvKernels {
    private ConvKernels() {}

    /// Kernels for float convolutions, the likely best first.
    public static List<Kernel<ConvRequest>> floats() {
        return List.of(new PortableConvKernel(VectorProvider.best()));
    }

    /// Kernels for float convolutions of channels-last images, the likely best first; none for levels without
    /// machine code.
    public static List<Kernel<ChannelsLastConvRequest>> channelsLast(Isa isa, Precision precision) {
        var kernels = new ArrayList<Kernel<ChannelsLastConvRequest>>();
        VectorUnit.of(isa).ifPresent(unit -> {
            kernels.add(new DepthwiseTileKernel(unit));
            if (isa == Isa.AMX) {
                kernels.add(new TileConvKernel(AmxFamily.of(precision)));
                if (precision != Precision.EXACT) {
                    kernels.add(new TileWinogradKernel(AmxFamily.of(precision)));
                }
            }
            VectorFamily.all(unit, precision).forEach(family -> kernels.add(new TileConvKernel(family)));
            if (precision != Precision.EXACT) {
                kernels.addAll(WinogradKernel.all(unit));
            }
        });
        return kernels;
    }

    /// Kernels for transposed float convolutions of channels-last images, the likely best first; none for levels
    /// without machine code. Operands are as [TileConvTransposeKernel] says.
    public static List<Kernel<ConvTransposeRequest>> channelsLastTransposed(Isa isa, Precision precision) {
        var kernels = new ArrayList<Kernel<ConvTransposeRequest>>();
        VectorUnit.of(isa).ifPresent(unit -> {
            if (isa == Isa.AMX) {
                kernels.add(new TileConvTransposeKernel(AmxFamily.of(precision)));
            }
            kernels.add(new TileConvTransposeKernel(new VectorFamily(unit, precision)));
        });
        return kernels;
    }

    /// Kernels for transposed float convolutions, the likely best first.
    public static List<Kernel<ConvTransposeRequest>> transposedFloats() {
        return List.of(new PortableConvTransposeKernel(VectorProvider.best()));
    }

    /// Kernels for exact convolutions of 8-bit channels-last images, the likely best first; none for levels without
    /// machine code.
    public static List<Kernel<IntegerConvRequest>> integers(Isa isa) {
        var kernels = new ArrayList<Kernel<IntegerConvRequest>>();
        IntegerUnit.of(isa).ifPresent(unit -> {
            kernels.add(new IntegerDepthwiseKernel(unit.vectors()));
            kernels.add(new IntegerConvKernel(unit));
        });
        return kernels;
    }

    /// Kernels for exact convolutions of bytes, the likely best first.
    public static List<Kernel<ByteConvRequest>> bytes() {
        return List.of(new PortableByteConvKernel(VectorProvider.best()));
    }
}
