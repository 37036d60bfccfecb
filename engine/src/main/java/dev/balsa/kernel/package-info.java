/// Fast implementations of the heavy operations, a family per sub-package, and what they have in common.
///
/// A request (a record such as `ConvRequest`) states a problem in numbers: dimensions, strides, epilogue. A
/// [Kernel] says by its [KernelSpec] what it is, whether it supports a request and at what [Cost], and prepares
/// [Work] for it: immutable, split into phases and units that any number of workers share. Nothing here knows
/// operators, graphs or ONNX, and nothing here starts a thread or allocates while it runs: memory comes in through
/// [Frame].
///
/// Not here: which kernel is chosen (`dev.balsa.plan`), who runs it (`dev.balsa.run`). Start at [Kernel].
@NullMarked
package dev.balsa.kernel;

import org.jspecify.annotations.NullMarked;
