/// Operators that carry a hidden state along a sequence: the plain recurrent layer, the gated recurrent unit, the long
/// short-term memory.
///
/// Not here: loops over graphs (`dev.balsa.ir.control`). Start at [Recurrent].
@NullMarked
package dev.balsa.ir.recurrent;

import org.jspecify.annotations.NullMarked;
