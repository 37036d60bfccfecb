package dev.balsa.ir.fusion;

import dev.balsa.ir.Op;

/// An operator made of others.
public sealed interface Fusion extends Op permits Fused {}
