/// Operators with graphs inside: branches and loops. Bodies are closed graphs (see [dev.balsa.ir.Graph]).
///
/// Start at [Control].
@NullMarked
package dev.balsa.ir.control;

import org.jspecify.annotations.NullMarked;
