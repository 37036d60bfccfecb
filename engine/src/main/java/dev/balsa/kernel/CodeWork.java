package dev.balsa.kernel;

/// A work that has code do everything: what it does in Java itself goes by way of [Effects], so that its runs can
/// be captured. Where a run must look at memory, it does so with segments, which fail then.
public interface CodeWork extends Work {}
