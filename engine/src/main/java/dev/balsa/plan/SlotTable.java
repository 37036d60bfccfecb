package dev.balsa.plan;

import dev.balsa.ir.Value;
import dev.balsa.run.Slot;
import dev.balsa.run.Step;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The slots of a program while it is being made: which value lives where, and from when until when.
final class SlotTable {
    /// A slot whose place in memory is not known yet stands as `Memory(UNPLACED, …)`.
    private static final long UNPLACED = -1;

    private final Specialized source;
    private final List<Slot> slots = new ArrayList<>();
    private final Map<Value, Integer> bySlot = new HashMap<>();
    private final Map<Integer, int[]> lives = new HashMap<>();
    /// Values that the caller gets directly, without a copy.
    private final Set<Value> direct = new HashSet<>();
    private int outputs;

    SlotTable(Specialized source) {
        this.source = source;
        for (int i = 0; i < source.now().inputs().size(); i++) {
            var input = source.now().inputs().get(i);
            bySlot.put(input, add(new Slot.Input(i, input.type().dtype(), shape(input))));
        }
        source.outputs().stream()
                .filter(Specialized.Source.Now.class::isInstance)
                .map(output -> ((Specialized.Source.Now) output).value())
                .forEach(direct::add);
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

    private int root(int slot) {
        return slots.get(slot) instanceof Slot.Alias(int target, _, _) ? root(target) : slot;
    }

    /// A new slot for a value that the given step writes.
    ///
    /// @param over a value that the step reads, whose memory the new one may take over if nothing reads it afterwards
    ///     (reads by steps already added count; `over` must not have readers that are yet to come)
    int define(Value value, int step, Optional<Value> over) {
        int slot;
        if (direct.contains(value) && value.type().dtype() != DataType.STRING) {
            slot = addOutput(value);
        } else {
            slot = add(new Slot.Memory(UNPLACED, value.type().dtype(), shape(value)));
            lives.put(slot, new int[] {step, step});
        }
        bySlot.put(value, slot);
        return slot;
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
        if (value.type().dtype() == DataType.STRING || direct.contains(value)) {
            return false;
        }
        if (slot == null) {
            slot = use(viewed, 0);
        }
        bySlot.put(value, add(new Slot.Alias(slot, value.type().dtype(), shape(value))));
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
            case Slot.Constant _, Slot.Input _, Slot.Memory _, Slot.Alias _ -> Optional.empty();
        };
    }

    /// Gives every block of memory its place.
    ///
    /// @return how much memory there is in all
    long layOut(int steps) {
        var blocks = new ArrayList<MemoryPlan.Block>();
        lives.forEach((slot, life) -> {
            var memory = (Slot.Memory) slots.get(slot);
            blocks.add(new MemoryPlan.Block(slot, memory.type().bytes(memory.shape().size()), life[0], life[1]));
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
