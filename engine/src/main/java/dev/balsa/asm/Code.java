package dev.balsa.asm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Bytes of code that grow, and the places in them that wait for labels.
final class Code {
    private record Reference(Label label, int at, int bytes, int end) {}

    private byte[] bytes = new byte[1024];
    private int size;
    private final List<Reference> references = new ArrayList<>();

    int size() {
        return size;
    }

    void u8(int value) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * size);
        }
        bytes[size++] = (byte) value;
    }

    void u32(int value) {
        number(value, 4);
    }

    /// Appends the low bytes of a number, lowest first.
    void number(long value, int count) {
        for (int i = 0; i < count; i++) {
            u8((int) (value >> 8 * i));
        }
    }

    /// Appends the distance from the end of the instruction, `after` bytes behind the distance, to a label.
    void relative(Label label, int count, int after) {
        references.add(new Reference(label, size, count, size + count + after));
        number(0, count);
    }

    /// The code with all distances filled in.
    ///
    /// @throws IllegalStateException if a label is not bound or too far away
    byte[] finish() {
        var result = Arrays.copyOf(bytes, size);
        for (var reference : references) {
            var label = reference.label;
            if (!label.isBound()) {
                throw new IllegalStateException("label " + label + ": expected to be bound, found used at "
                        + reference.at + " and bound nowhere");
            }
            int distance = label.position() - reference.end;
            if (reference.bytes == 1 && distance != (byte) distance) {
                throw new IllegalStateException(
                        "label " + label + ": expected within 128 bytes, found " + distance + " away");
            }
            for (int i = 0; i < reference.bytes; i++) {
                result[reference.at + i] = (byte) (distance >> 8 * i);
            }
        }
        return result;
    }
}
