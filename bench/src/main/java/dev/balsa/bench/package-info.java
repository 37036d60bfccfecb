/// JMH benchmarks of single parts of the engine; `bench/run` builds and runs them.
///
/// Not here: timings of whole models, which are the `benchmark` command's business. Internal packages of the engine
/// that a benchmark needs are opened to it in `bench/run`, by one `--add-exports` each.
@NullMarked
package dev.balsa.bench;

import org.jspecify.annotations.NullMarked;
