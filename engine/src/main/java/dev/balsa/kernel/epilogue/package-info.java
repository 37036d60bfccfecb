/// How a kernel applies an epilogue to the part of a result that it has just made.
///
/// Start at [EpilogueOperands]. The functions themselves are in `dev.balsa.kernel.elementwise`.
@NullMarked
package dev.balsa.kernel.epilogue;

import org.jspecify.annotations.NullMarked;
