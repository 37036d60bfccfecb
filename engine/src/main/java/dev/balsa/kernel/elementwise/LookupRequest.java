package dev.balsa.kernel.elementwise;

import java.lang.foreign.MemorySegment;

/// Results of a function of 8-bit integers, looked up by the bits of each.
///
/// Operands: 0 is X, `length` bytes; the output is 1, as long, and shares no memory with it.
///
/// @param length elements
/// @param table the 256 results, constant
public record LookupRequest(long length, MemorySegment table) {}
