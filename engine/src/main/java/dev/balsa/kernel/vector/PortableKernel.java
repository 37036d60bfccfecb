package dev.balsa.kernel.vector;

import dev.balsa.cpu.Isa;
import dev.balsa.error.InternalException;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;

/// A kernel for any CPU whose [Work] follows from the request alone, without packed constants.
///
/// @param <R> the family's request
public final class PortableKernel<R> implements Kernel<R> {
    private final KernelSpec spec;
    private final Predicate<R> supported;
    private final Function<R, Work> maker;

    /// A kernel named `portable_` + `name` + the provider.
    ///
    /// @param name family and types, such as `softmax_f32`
    /// @param provider the provider that `maker` uses
    /// @param supported which requests the maker takes
    /// @param maker makes the work
    public PortableKernel(String name, VectorProvider provider, Predicate<R> supported, Function<R, Work> maker) {
        var variant = provider == VectorProvider.PLAIN ? "plain" : "vector";
        this.spec = new KernelSpec("portable_" + name.toLowerCase(Locale.ROOT) + "_" + variant, Isa.PORTABLE);
        this.supported = supported;
        this.maker = maker;
    }

    @Override
    public KernelSpec spec() {
        return spec;
    }

    @Override
    public boolean supports(R request) {
        return supported.test(request);
    }

    @Override
    public Work prepare(R request, Constants constants) {
        if (!supports(request)) {
            throw new InternalException("kernel " + spec.name() + ": request is not supported; found " + request);
        }
        return maker.apply(request);
    }
}
