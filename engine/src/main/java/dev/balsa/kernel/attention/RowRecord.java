package dev.balsa.kernel.attention;

import dev.balsa.kernel.Effects;
import dev.balsa.kernel.code.RowLoop;
import java.lang.foreign.MemorySegment;

/// What is kept of a row of queries in a worker's memory, in this order.
enum RowRecord {
    /// The address of the row's mask.
    MASK(0),
    /// The address of the row's result.
    RESULT(Long.BYTES),
    /// How many keys of the block it sees, as a [RowLoop] wants it.
    LENGTH(2 * Long.BYTES),
    /// The greatest score so far, a float that is never infinitely small.
    GREATEST((2 + RowLoop.ARGUMENTS) * Long.BYTES),
    /// The sum of weights so far, a float.
    SUM((2 + RowLoop.ARGUMENTS) * Long.BYTES + Float.BYTES),
    /// The address of the row's sums of values, where rows tell.
    SUMS((3 + RowLoop.ARGUMENTS) * Long.BYTES);

    /// Bytes of a record.
    static final int BYTES = (4 + RowLoop.ARGUMENTS) * Long.BYTES;

    private final int at;

    RowRecord(int at) {
        this.at = at;
    }

    /// Where it stands in a record, in bytes.
    int at() {
        return at;
    }

    void set(MemorySegment memory, long record, long value) {
        Effects.putLong(memory, record + at, value);
    }

    void set(MemorySegment memory, long record, float value) {
        Effects.putFloat(memory, record + at, value);
    }
}
