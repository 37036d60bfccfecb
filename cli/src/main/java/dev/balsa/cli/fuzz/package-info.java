/// Tries damaged and hostile model files on the engine.
///
/// [ModelMutator] makes them from sound ones, each from a seed and a number alone, so that every single one can be made
/// again; [FuzzRun] loads and runs them under a watchdog and counts the [Verdict]s.
///
/// Not here: what the engine makes of such files; it is used through its public API only.
@NullMarked
package dev.balsa.cli.fuzz;

import org.jspecify.annotations.NullMarked;
