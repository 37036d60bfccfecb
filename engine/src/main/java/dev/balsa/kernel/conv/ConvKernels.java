package dev.balsa.kernel.conv;

import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.List;

/// The kernels of this package.
public final class ConvKernels {
    private ConvKernels() {}

    /// Kernels for float convolutions, the likely best first.
    public static List<Kernel<ConvRequest>> floats() {
        return List.of(new PortableConvKernel(VectorProvider.best()));
    }

    /// Kernels for transposed float convolutions, the likely best first.
    public static List<Kernel<ConvTransposeRequest>> transposedFloats() {
        return List.of(new PortableConvTransposeKernel(VectorProvider.best()));
    }

    /// Kernels for exact convolutions of bytes, the likely best first.
    public static List<Kernel<ByteConvRequest>> bytes() {
        return List.of(new PortableByteConvKernel(VectorProvider.best()));
    }
}
