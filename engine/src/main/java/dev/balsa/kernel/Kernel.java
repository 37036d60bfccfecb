package dev.balsa.kernel;

import dev.balsa.kernel.depthfirst.Layer;
import java.util.Optional;

/// One way of solving a family of problems.
///
/// @param <R> the family's request: a record that states one problem completely
public interface Kernel<R> {
    /// What this kernel is; constant.
    KernelSpec spec();

    /// Whether [#prepare] accepts the request. A kernel never gives wrong results for what it supports.
    boolean supports(R request);

    /// What a supported request is likely to take. Where kernels of a list know it, the one that takes least time
    /// is chosen; one that does not is taken in its turn, as the list has them.
    default Cost cost(R request, Machine machine) {
        return Cost.UNKNOWN;
    }

    /// A supported request as a layer of which some rows can be made by themselves, if it is one.
    default Optional<Layer> layer(R request, Constants constants) {
        return Optional.empty();
    }

    /// Prepares the request for running: chooses tile counts, packs constant operands through `constants`.
    ///
    /// @throws dev.balsa.error.InternalException if the request is not supported
    Work prepare(R request, Constants constants);
}
