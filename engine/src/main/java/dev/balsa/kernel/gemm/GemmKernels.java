package dev.balsa.kernel.gemm;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.amx.AmxFamily;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.IntegerUnit;
import dev.balsa.kernel.vector.VectorProvider;
import dev.balsa.tensor.Precision;
import java.util.ArrayList;
import java.util.List;

/// The kernels of this package.
public final class GemmKernels {
    private GemmKernels() {}

    /// Kernels for products of floats, the likely best first.
    ///
    /// @param decodes whether most products with constant weights will be of single rows
    public static List<Kernel<GemmRequest>> floats(Isa isa, Precision precision, boolean decodes) {
        var kernels = new ArrayList<Kernel<GemmRequest>>();
        VectorUnit.of(isa).ifPresent(unit -> {
            // Tiles multiply bfloat16 numbers as they are, and more rows than a few faster than vectors do.
            boolean hasTiles = isa == Isa.AMX;
            if (precision == Precision.FAST || precision == Precision.BF16 && !hasTiles) {
                kernels.add(TileGemmKernel.ofFewBytes(unit, precision, decodes && !hasTiles));
            }
            if (isa == Isa.AMX) {
                kernels.add(new ConstantGemmKernel(AmxFamily.of(precision)));
            }
            kernels.add(new TileGemmKernel(unit, precision));
        });
        kernels.add(new PortableGemmKernel(VectorProvider.best()));
        return kernels;
    }

    /// Kernels for exact products of 8-bit integers with a constant right factor, the likely best first; none for
    /// levels without machine code.
    public static List<Kernel<IntegerGemmRequest>> integers(Isa isa) {
        var kernels = new ArrayList<Kernel<IntegerGemmRequest>>();
        IntegerUnit.of(isa).ifPresent(unit -> kernels.add(new IntegerGemmKernel(unit)));
        return kernels;
    }

    /// Kernels for exact products of bytes, the likely best first.
    public static List<Kernel<ByteGemmRequest>> bytes() {
        return List.of(new PortableByteGemmKernel(VectorProvider.best()));
    }
}
