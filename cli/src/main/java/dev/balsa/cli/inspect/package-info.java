/// What `balsa inspect` shows of a model: [dev.balsa.cli.inspect.ModelReport] of what the file holds,
/// [dev.balsa.cli.inspect.PlanReport] of how it would be run.
///
/// Each report prints itself and makes the same into JSON.
@NullMarked
package dev.balsa.cli.inspect;

import org.jspecify.annotations.NullMarked;
