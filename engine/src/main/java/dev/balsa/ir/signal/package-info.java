/// Operators on sampled signals: discrete Fourier transforms and the mel scale.
///
/// Complex numbers are a last dimension of length 2, real and imaginary part.
///
/// Not here: window functions, which make tensors from a length (`leaf`). Start at [Dft]; [Fourier] does the
/// arithmetic.
@NullMarked
package dev.balsa.ir.signal;

import org.jspecify.annotations.NullMarked;
