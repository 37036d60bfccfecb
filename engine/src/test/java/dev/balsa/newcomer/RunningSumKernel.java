package dev.balsa.newcomer;

import dev.balsa.cpu.Isa;
import dev.balsa.error.InternalException;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import java.util.List;

/// Running sums on any CPU. The example of a new kernel.
public final class RunningSumKernel implements Kernel<RunningSumRequest> {
    /// The kernels for [RunningSumRequest], best first; the planner takes the first one that fits.
    public static List<Kernel<RunningSumRequest>> all() {
        return List.of(new RunningSumKernel());
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec("portable_runningsum_f32", Isa.PORTABLE);
    }

    @Override
    public boolean supports(RunningSumRequest request) {
        return request.length() >= 1;
    }

    @Override
    public Work prepare(RunningSumRequest request, Constants constants) {
        if (!supports(request)) {
            throw new InternalException("kernel " + spec().name() + ": request is not supported; expected rows of at "
                    + "least 1 element, found " + request + "; ask supports() first");
        }
        return new RunningSumWork(request);
    }
}
