package dev.balsa.plan;

import dev.balsa.ir.Value;
import dev.balsa.kernel.Storage;
import dev.balsa.run.Slot;
import dev.balsa.run.Step;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The slots of a program while it is being made: which value lives where, and from when until when.
final class SlotTable {
    /// A slot whose place in memory is not known yet stands as `Memory(UNPLACED, …)`.
    private static final long UNPLACED = -1;

    private final Specialized source;
    /// The names of inputs whose memory may be written to.
    private final Set<String> written;
    private final List<Slot> slots = new ArrayList<>();
    private final Map<Value, Integer> bySlot = new HashMap<>();
    private final Map<Integer, int[]> lives = new HashMap<>();
    /// How often each value is still to be read by nodes, the later stage, or the caller.
    private final Map<Value, Integer> reads = new HashMap<>();
    /// The same for each slot that others are views of, over all of its views.
    private final Map<Integer, Integer> pending = new HashMap<>();
    /// Slots that others are views of, of which steps see the tensors.
    private final Set<Integer> shaped = new HashSet<>();
    /// Values that the caller gets directly, without a copy.
    private final Set<Value> direct = new HashSet<>();
    private StorageHandover handover = StorageHandover.NONE;
    private int outputs;

    /// @param written the names of inputs whose memory may be written to
    SlotTable(Specialized source, Set<String> written) {
        this.source = source;
        this.written = written;
        for (int i = 0; i < source.now().inputs().size(); i++) {
            var input = source.now().inputs().get(i);
            bySlot.put(input, add(new Slot.Input(i, input.type().dtype(), shape(input))));
        }
        source.now().nodes().forEach(node -> node.inputs().forEach(this::willRead));
        source.now().outputs().forEach(this::willRead);
        source.outputs().stream()
                .filter(Specialized.Source.Now.class::isInstance)
                .map(output -> ((Specialized.Source.Now) output).value())
                .forEach(direct::add);
        source.now().inputs().forEach(input -> consumeLater(input, reads.getOrDefault(input, 0)));
    }

    private void consumeLater(Value input, int count) {
        pending.merge(slot(input), count, Integer::sum);
    }

    private int slot(Value value) {
        return Objects.requireNonNull(bySlot.get(value));
    }

    /// Says how values are stored that are not defined yet.
    void store(StorageHandover stored) {
        handover = stored;
    }

    private DataType type(Value value) {
        return handover.storage(value) == Storage.BFLOAT16
                ? DataType.BFLOAT16
                : value.type().dtype();
    }

    private void willRead(Value value) {
        reads.merge(value, 1, Integer::sum);
    }

    private static Shape shape(Value value) {
        return value.type().shape().known().orElseThrow();
    }

    private int add(Slot slot) {
        slots.add(slot);
        return slots.size() - 1;
    }

    /// The slot of a value that the given step reads; [Step#NO_SLOT] for a left-out one.
    int use(Value value, int step) {
        if (!value.isPresent()) {
            return Step.NO_SLOT;
        }
        var slot = bySlot.get(value);
        if (slot == null) {
            slot = add(new Slot.Constant(source.now().constant(value).orElseThrow()));
            bySlot.put(value, slot);
        }
        var life = lives.get(root(slot));
        if (life != null) {
            life[1] = Math.max(life[1], step);
        }
        return slot;
    }

    /// Notes that the node which is being added reads these values: one read less to come for each.
    void consume(List<Value> values) {
        for (var value : values) {
            var slot = bySlot.get(value);
            if (slot != null) {
                pending.merge(root(slot), -1, Integer::sum);
            }
        }
    }

    private int root(int slot) {
        return switch (slots.get(slot)) {
            case Slot.Alias(int target, var _, var _) -> root(target);
            case Slot.Piece(int target, var _, var _, var _) -> root(target);
            case Slot.Constant _, Slot.Input _, Slot.Output _, Slot.Memory _, Slot.Dynamic _ -> slot;
        };
    }

    /// A new slot for a value that the given step writes.
    int define(Value value, int step) {
        int slot;
        if (value.type().dtype() == DataType.STRING) {
            // Strings live on the heap, where no place can be planned.
            slot = addDynamic();
        } else if (direct.contains(value)) {
            slot = addOutput(value);
        } else {
            slot = add(new Slot.Memory(UNPLACED, type(value), shape(value)));
            lives.put(slot, new int[] {step, step});
        }
        enter(value, slot);
        return slot;
    }

    /// A new slot for a value that the given step writes into memory of another one, which begins to live if it does
    /// not yet.
    int definePiece(Value value, int step, Piece piece) {
        int whole = isDefined(piece.whole()) ? use(piece.whole(), step) : define(piece.whole(), step);
        var type = type(value);
        var shape = piece.isApart() ? Shape.of(piece.bytes() / type.elementBytes()) : shape(value);
        int slot = add(new Slot.Piece(whole, piece.at(), type, shape));
        enter(value, slot);
        return slot;
    }

    /// Whether a value has a slot.
    boolean isDefined(Value value) {
        return bySlot.containsKey(value);
    }

    private void enter(Value value, int slot) {
        bySlot.put(value, slot);
        pending.merge(root(slot), reads.getOrDefault(value, 0), Integer::sum);
    }

    /// A new slot for a value that the given step writes over another one, if that is read by nobody afterwards.
    ///
    /// @param over read by the step, as one of its `operands`, after [#consume]
    Optional<Integer> defineOver(Value value, int step, Value over, List<Value> operands) {
        int target = root(use(over, step));
        boolean readElsewhere = operands.stream()
                        .filter(operand -> bySlot.containsKey(operand) && root(bySlot.get(operand)) == target)
                        .count()
                > 1;
        if (direct.contains(value)
                || readElsewhere
                || pending.getOrDefault(target, 0) > 0
                || !isWritable(target, type(value).bytes(shape(value).size()))) {
            return Optional.empty();
        }
        int slot = add(new Slot.Alias(target, type(value), shape(value)));
        enter(value, slot);
        return Optional.of(slot);
    }

    private boolean isWritable(int slot, long bytes) {
        return switch (slots.get(slot)) {
            case Slot.Memory(var _, var type, var shape) -> type.bytes(shape.size()) == bytes;
            case Slot.Input(int index, var type, var shape) ->
                written.contains(source.now().inputs().get(index).name()) && type.bytes(shape.size()) == bytes;
            case Slot.Constant _, Slot.Output _, Slot.Alias _, Slot.Piece _, Slot.Dynamic _ -> false;
        };
    }

    /// Whether a value is, or is a view of, an input whose memory is to be written to.
    boolean isWritten(Value value) {
        var slot = bySlot.get(value);
        return slot != null
                && slots.get(root(slot)) instanceof Slot.Input(int index, var _, var _)
                && written.contains(source.now().inputs().get(index).name());
    }

    /// A new slot for a value of unknown shape.
    int defineDynamic(Value value) {
        int slot = addDynamic();
        bySlot.put(value, slot);
        return slot;
    }

    int addDynamic() {
        return add(new Slot.Dynamic());
    }

    /// A new buffer that the caller gets, of the type of `value`.
    int addOutput(Value value) {
        return add(new Slot.Output(outputs++, value.type().dtype(), shape(value)));
    }

    /// Lets `value` be another view of `viewed`.
    ///
    /// @return whether it can be; a view of a tensor of strings or of unknown shape cannot
    boolean alias(Value value, Value viewed) {
        var slot = bySlot.get(viewed);
        if (value.type().dtype() == DataType.STRING) {
            return false;
        }
        if (direct.contains(value)) {
            return slot != null && handOver(value, root(slot));
        }
        if (slot == null) {
            slot = use(viewed, 0);
        }
        // Straight to the memory, however many views are in between.
        enter(value, add(new Slot.Alias(root(slot), value.type().dtype(), shape(value))));
        return true;
    }

    /// Notes that a step sees the tensor in a slot, not only its memory.
    void noteShape(int slot) {
        if (slot != Step.NO_SLOT) {
            shaped.add(root(slot));
        }
    }

    /// Lets the memory that a value is a view of be the buffer that the caller gets, if nobody needs its shape:
    /// only kernels have written and read it, and nothing reads it from now on.
    private boolean handOver(Value value, int root) {
        boolean fits = slots.get(root) instanceof Slot.Memory(var _, var type, var shape)
                && type == value.type().dtype()
                && shape.size() == shape(value).size();
        if (!fits || shaped.contains(root) || pending.getOrDefault(root, 0) > 0 || reads.getOrDefault(value, 0) != 1) {
            return false;
        }
        slots.set(root, new Slot.Output(outputs++, value.type().dtype(), shape(value)));
        lives.remove(root);
        bySlot.put(value, root);
        return true;
    }

    /// The slot of a value that goes to the caller as it is, or nothing if it must be copied there.
    Optional<Integer> outputSlot(Value value) {
        var slot = bySlot.get(value);
        if (slot == null) {
            return Optional.empty();
        }
        return switch (slots.get(slot)) {
            case Slot.Output _, Slot.Dynamic _ -> Optional.of(slot);
            case Slot.Constant _, Slot.Input _, Slot.Memory _, Slot.Alias _, Slot.Piece _ -> Optional.empty();
        };
    }

    /// Gives every block of memory its place.
    ///
    /// @return how much memory there is in all
    long layOut(int steps) {
        var blocks = new ArrayList<MemoryPlan.Block>();
        lives.forEach((slot, life) -> {
            var memory = (Slot.Memory) slots.get(slot);
            blocks.add(new MemoryPlan.Block(
                    slot, memory.type().bytes(memory.shape().size()), life[0], life[1]));
        });
        var plan = new MemoryPlan(blocks);
        plan.offsets().forEach((slot, offset) -> {
            var memory = (Slot.Memory) slots.get(slot);
            slots.set(slot, new Slot.Memory(offset, memory.type(), memory.shape()));
        });
        return plan.bytes();
    }

    List<Slot> finish() {
        return slots;
    }
}
