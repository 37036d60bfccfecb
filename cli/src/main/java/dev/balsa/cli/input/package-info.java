/// What goes into a model: shapes for symbolic dimensions ([dev.balsa.cli.input.InputShapes]), tensors from files or
/// from a seeded generator ([dev.balsa.cli.input.InputTensors]).
///
/// Start at [dev.balsa.cli.input.InputOptions], which the commands mix in.
@NullMarked
package dev.balsa.cli.input;

import org.jspecify.annotations.NullMarked;
