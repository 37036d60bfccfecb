/// Measures how fast a model runs, alone or in turns with another runtime.
///
/// [Contestant] is one runtime with the model loaded, [Turns] measures one or several of them, [Roof] measures what the
/// processor could do at most. Not here: options and printing (`dev.balsa.cli`). Start at [Benchmark].
@NullMarked
package dev.balsa.cli.benchmark;

import org.jspecify.annotations.NullMarked;
