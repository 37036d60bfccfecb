/// Operators that rewrites make of several: one operator whose result goes through a chain of elementwise ones.
///
/// They do not occur in files. Start at [Fused].
@NullMarked
package dev.balsa.ir.fusion;

import org.jspecify.annotations.NullMarked;
