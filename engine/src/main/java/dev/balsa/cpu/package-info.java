/// What the processor at hand can do: instruction-set levels ([Isa]).
///
/// Not here: code for those levels (`dev.balsa.kernel`). Start at [Isa].
@NullMarked
package dev.balsa.cpu;

import org.jspecify.annotations.NullMarked;
