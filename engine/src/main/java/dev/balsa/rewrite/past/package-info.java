/// Keys and values that a decoder keeps from run to run: states that it concatenates with new ones become memory of a
/// fixed size, of which a run sees the last places ([dev.balsa.rewrite.past.PastWindow]).
///
/// What is not here: the memory itself and the choice of how much of it a run sees (`dev.balsa.plan`).
@NullMarked
package dev.balsa.rewrite.past;

import org.jspecify.annotations.NullMarked;
