package dev.balsa.plan;

import dev.balsa.memory.LargeMemory;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Memory of a session's states, which grow at their end. Not for concurrent use.
///
/// A state is a number of rows, each of which has places for entries. Entries begin some places after the first, which
/// are zeros: those that a window may begin with. Where places are used up, there are twice as many from then on.
final class StatePlaces implements AutoCloseable {
    /// Windows are this many places apart at least.
    private static final long LEAST_STEP = 64;
    /// Windows to a power of two: what is hidden is a 16th of a window at most.
    private static final long STEPS = 16;
    private static final long LEAST_CAPACITY = 256;

    /// What a state looks like.
    ///
    /// @param before lengths of the dimensions before that of entries
    /// @param after lengths of those after it
    record Form(DataType type, List<Long> before, List<Long> after) {
        /// Copies the lists.
        Form {
            before = List.copyOf(before);
            after = List.copyOf(after);
        }

        long rows() {
            return before.stream().reduce(1L, Math::multiplyExact);
        }

        /// Bytes of an entry.
        long entryBytes() {
            return type.bytes(after.stream().reduce(1L, Math::multiplyExact));
        }

        /// The shape with so many entries.
        Shape shape(long entries) {
            var dims = new ArrayList<>(before);
            dims.add(entries);
            dims.addAll(after);
            return Shape.of(dims);
        }
    }

    private final List<Form> forms;
    private long length;
    private long capacity;
    private Arena arena = Arena.ofShared();
    private List<MemorySegment> memory = List.of();

    StatePlaces(List<Form> forms) {
        this.forms = List.copyOf(forms);
    }

    List<Form> forms() {
        return forms;
    }

    /// How many entries there are.
    long length() {
        return length;
    }

    /// Forgets all entries but the first ones.
    void truncate(long entries) {
        length = entries;
    }

    /// How many places the window has with which a run adds so many entries to so many.
    static long window(long entries, long added) {
        long all = Math.addExact(entries, added);
        long step = Math.max(LEAST_STEP, Long.highestOneBit(Math.max(1, all - 1)) / STEPS);
        // Some of it is always of the past, so that there are no empty tensors.
        return (entries == 0 && all % step == 0 ? all / step + 1 : Math.ceilDiv(all, step)) * step;
    }

    /// The places before the first entry.
    private static long lead(long capacity) {
        return 2 * Math.max(LEAST_STEP, capacity / STEPS);
    }

    private static long capacity(long entries) {
        long capacity = LEAST_CAPACITY;
        while (capacity < Math.addExact(entries, lead(capacity))) {
            capacity *= 2;
        }
        return capacity;
    }

    /// All states, as a run sees them that adds so many entries: from the first place of its window on.
    ///
    /// @param window at least as long as all entries are then
    List<Tensor> from(long window, long added) {
        reserve(length + added);
        return at(lead(capacity) + length + added - window);
    }

    /// All states, as a run sees them that adds so many entries behind the others: from the first entry on.
    List<Tensor> fromFirst(long added) {
        reserve(length + added);
        return at(lead(capacity));
    }

    private List<Tensor> at(long first) {
        var tensors = new ArrayList<Tensor>();
        for (int i = 0; i < forms.size(); i++) {
            var form = forms.get(i);
            var shape = form.shape(capacity);
            tensors.add(Tensor.wrap(
                    form.type, shape, memory.get(i).asSlice(first * form.entryBytes(), form.type.bytes(shape.size()))));
        }
        return tensors;
    }

    /// Notes that a run has written so many entries behind the others.
    void advance(long added) {
        length += added;
    }

    private void reserve(long entries) {
        long needed = capacity(entries);
        if (needed <= capacity) {
            return;
        }
        var larger = Arena.ofShared();
        try {
            var moved = new ArrayList<MemorySegment>();
            for (int i = 0; i < forms.size(); i++) {
                moved.add(moved(i, needed, larger));
            }
            arena.close();
            arena = larger;
            memory = moved;
            capacity = needed;
        } catch (RuntimeException | Error e) {
            larger.close();
            throw e;
        }
    }

    /// The entries of a state in memory for more of them.
    private MemorySegment moved(int state, long places, Arena larger) {
        var form = forms.get(state);
        long row = places * form.entryBytes();
        // A window is told by where it begins: seen from there, the last row ends behind all places.
        var target = LargeMemory.allocate(larger, Math.addExact(form.rows(), 1) * row);
        for (long i = 0; i < form.rows() && length > 0; i++) {
            MemorySegment.copy(
                    memory.get(state),
                    (i * capacity + lead(capacity)) * form.entryBytes(),
                    target,
                    i * row + lead(places) * form.entryBytes(),
                    length * form.entryBytes());
        }
        return target;
    }

    @Override
    public void close() {
        arena.close();
    }
}
