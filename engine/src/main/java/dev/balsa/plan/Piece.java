package dev.balsa.plan;

import dev.balsa.ir.Value;

/// Where a value lies that is a part of what a Concat makes, in the memory of that.
///
/// @param whole what has memory of its own
/// @param at where the value begins, in bytes
/// @param bytes from its beginning to its end
/// @param rowStep bytes from a row, which is what lies along the innermost dimension, to the next
/// @param isApart whether there is something else between rows
record Piece(Value whole, long at, long bytes, long rowStep, boolean isApart) {}
