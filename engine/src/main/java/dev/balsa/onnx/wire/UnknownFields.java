package dev.balsa.onnx.wire;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Fields of a message that its record does not model, as raw bytes (tag included), so that writing a message that was
/// read loses nothing.
///
/// A modelled field that is present in the file with its default value (an explicit empty string, say) is kept here as
/// well: the records need no notion of presence, and the bytes survive a round trip. The segments are slices of the
/// file, valid as long as its mapping.
///
/// @param fields in file order
public record UnknownFields(List<RawField> fields) {
    /// No unknown fields: what a message made by hand has.
    public static final UnknownFields NONE = new UnknownFields(List.of());

    public UnknownFields {
        fields = List.copyOf(fields);
    }

    /// One field with its tag.
    ///
    /// @param number the field number
    /// @param bytes tag and value as they stand in the file
    public record RawField(int number, MemorySegment bytes) {}

    /// Whether a field of this number was retained.
    public boolean has(int number) {
        return fields.stream().anyMatch(f -> f.number() == number);
    }
}
