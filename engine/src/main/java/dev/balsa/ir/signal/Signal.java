package dev.balsa.ir.signal;

import dev.balsa.ir.Op;

/// An operator on the frequencies of sampled signals.
public sealed interface Signal extends Op permits Dft, Stft, MelWeightMatrix {}
