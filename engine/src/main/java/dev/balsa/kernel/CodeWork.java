package dev.balsa.kernel;

/// A work that has code do everything: what it does in Java itself goes by way of [Effects], so that its runs can
/// be captured. Where a run must look at memory otherwise, it does so with segments' own methods, which fail then;
/// never with the Vector API, whose loads do not ask whether memory is there.
public interface CodeWork extends Work {}
