/// Layers that carry a state along a sequence: LSTM and GRU with constant weights.
///
/// The inputs of all steps are multiplied at once; then each step multiplies the state before it and applies the gates.
/// Start at [RecurrentRequest]; the kernels are listed in [RecurrentKernels].
@NullMarked
package dev.balsa.kernel.recurrent;

import org.jspecify.annotations.NullMarked;
