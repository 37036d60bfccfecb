package dev.balsa.kernel;

/// One way of solving a family of problems.
///
/// @param <R> the family's request: a record that states one problem completely
public interface Kernel<R> {
    /// What this kernel is; constant.
    KernelSpec spec();

    /// Whether [#prepare] accepts the request. A kernel never gives wrong results for what it supports.
    boolean supports(R request);

    /// Prepares the request for running: chooses tile counts, packs constant operands through `constants`.
    ///
    /// @throws dev.balsa.error.InternalException if the request is not supported
    Work prepare(R request, Constants constants);
}
