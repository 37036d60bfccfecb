/// Operators that say in one node what others say in several: those of `com.microsoft` that ONNX Runtime writes
/// into optimised models, and its additions to `ai.onnx`. They are spelled out while a file is read, so that
/// rewrites, kernels and plans know the others only, and fuse them as they like.
///
/// Not here: operators that can be said in no other way, which are part of `ir/`. A new one is a line in a
/// `…Forms` class and what spells it. Start at [Abbreviations].
@NullMarked
package dev.balsa.onnx.abbreviation;

import org.jspecify.annotations.NullMarked;
