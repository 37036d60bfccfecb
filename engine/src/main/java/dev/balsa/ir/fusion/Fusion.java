package dev.balsa.ir.fusion;

import dev.balsa.ir.Op;

/// An operator made of another one or several.
public sealed interface Fusion extends Op permits ChannelsLast, Fused, ViewedAttention {}
