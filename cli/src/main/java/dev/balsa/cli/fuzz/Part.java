package dev.balsa.cli.fuzz;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// One field of a message in the protocol-buffer wire format, taken apart so that it can be changed and put together
/// again with the lengths around it still right.
sealed interface Part {
    /// The field's number.
    int field();

    /// A varint (wire type 0) or the bits of a fixed-width number (wire types 1 and 5).
    record Scalar(int field, int wireType, long value) implements Part {}

    /// A string, raw bytes or packed numbers.
    record Block(int field, MemorySegment bytes) implements Part {}

    /// A message of a known kind; its parts may be changed in place.
    record Message(int field, MessageKind kind, List<Part> parts) implements Part {}
}
