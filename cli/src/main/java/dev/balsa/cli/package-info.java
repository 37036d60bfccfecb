/// The commands: one class each, named after it, listed in [BalsaCommand].
///
/// Here are command lines, their options and what is printed. Not here: what several commands share about model inputs
/// (`input`, with pictures in `picture`), tables, statistics and JSON (`report`), and the work of the longer commands
/// (`conformance`, `benchmark`, `fuzz`). Start at [BalsaCommand].
@NullMarked
package dev.balsa.cli;

import org.jspecify.annotations.NullMarked;
