/// Execution: worker threads, the memory of a stream, and the stepping through a program.
///
/// A [Program] is a list of [Step]s over [Slot]s. A [Stream] is what one caller uses at a time: a [Team] of workers and
/// memory; it runs programs by binding them to its memory once ([BoundProgram]) and then touching nothing but that.
/// Steps are either kernels, whose units the team shares, or host tasks, which the caller's thread does alone.
///
/// Not here: how programs come about (`dev.balsa.plan`). Nothing here knows operators or ONNX. Start at [Program].
@NullMarked
package dev.balsa.run;

import org.jspecify.annotations.NullMarked;
