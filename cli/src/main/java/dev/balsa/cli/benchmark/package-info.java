/// Measures how fast a model runs, alone or in turns with another runtime.
///
/// [Contestant] is one runtime with the model loaded, [Turns] measures one or several of them. Not here: options and
/// printing (`dev.balsa.cli`), and the measuring of roofs ([dev.balsa.cpu.PeakRates]). Start at [Benchmark].
@NullMarked
package dev.balsa.cli.benchmark;

import org.jspecify.annotations.NullMarked;
