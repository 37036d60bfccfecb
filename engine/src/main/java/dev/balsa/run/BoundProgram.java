package dev.balsa.run;

import dev.balsa.kernel.Frame;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// A program tied to the memory of one stream: a frame per kernel step and worker, a tensor per slot. Not for
/// concurrent use.
final class BoundProgram {
    /// A frame operand that changes when a run brings other input or output memory.
    private record Loose(Frame frame, int operand) {}

    private final Program program;
    private final MemorySegment memory;
    private final int memoryVersion;
    private final Frame[][] frames;
    private final Tensor[] tensors;
    /// For each slot that is another one's alias, the tensor that it is a view of by now.
    private final Tensor[] viewed;
    private final List<List<Loose>> loose = new ArrayList<>();
    private final int[] roots;
    /// Slots whose tensors change from run to run.
    private final int[] varying;
    private final OutputBuffers outputs;

    /// @param workerScratch one segment per worker
    BoundProgram(
            Program program,
            MemorySegment memory,
            int memoryVersion,
            MemorySegment shared,
            List<MemorySegment> workerScratch) {
        this.program = program;
        this.memory = memory;
        this.memoryVersion = memoryVersion;
        int slots = program.slots().size();
        tensors = new Tensor[slots];
        viewed = new Tensor[slots];
        roots = new int[slots];
        for (int i = 0; i < slots; i++) {
            loose.add(new ArrayList<>(0));
            bindFixed(i);
        }
        varying = IntStream.range(0, slots)
                .filter(slot -> isVarying(program.slots().get(roots[slot])))
                .toArray();
        frames = new Frame[program.steps().size()][];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = frames(program.steps().get(i), shared, workerScratch);
        }
        outputs = new OutputBuffers(program.slots().stream()
                .filter(Slot.Output.class::isInstance)
                .map(Slot.Output.class::cast)
                .sorted((a, b) -> Integer.compare(a.index(), b.index()))
                .toList());
    }

    Program program() {
        return program;
    }

    /// The version of the memory that this is tied to; with another version it must be made anew.
    int memoryVersion() {
        return memoryVersion;
    }

    OutputBuffers outputs() {
        return outputs;
    }

    Frame frame(int step, int worker) {
        return frames[step][worker];
    }

    private void bindFixed(int slot) {
        roots[slot] = slot;
        switch (program.slots().get(slot)) {
            case Slot.Constant(var tensor) -> tensors[slot] = tensor;
            case Slot.Memory(long offset, var type, var shape) ->
                tensors[slot] = Tensor.wrap(type, shape, memory.asSlice(offset, type.bytes(shape.size())));
            case Slot.Alias(int target, var type, var shape) -> {
                roots[slot] = roots[target];
                if (tensors[target] != null) {
                    rebindAlias(slot, target, type, shape);
                }
            }
            case Slot.Input _, Slot.Output _, Slot.Dynamic _ -> {}
        }
    }

    private static boolean isVarying(Slot root) {
        return switch (root) {
            case Slot.Input _, Slot.Output _, Slot.Dynamic _ -> true;
            case Slot.Constant _, Slot.Memory _, Slot.Alias _ -> false;
        };
    }

    private static Tensor view(Tensor target, DataType type, Shape shape) {
        var reshaped = target.reshaped(shape);
        return reshaped.type() == type ? reshaped : reshaped.cast(type);
    }

    private Frame[] frames(Step step, MemorySegment shared, List<MemorySegment> workerScratch) {
        return switch (step) {
            case Step.HostStep _ -> new Frame[0];
            case Step.KernelStep kernel -> {
                var operands = new ArrayList<MemorySegment>();
                for (int slot : kernel.operands()) {
                    operands.add(tensors[slot] == null ? MemorySegment.NULL : tensors[slot].memory());
                }
                var all = new Frame[workerScratch.size()];
                for (int worker = 0; worker < all.length; worker++) {
                    all[worker] = new Frame(operands, shared, workerScratch.get(worker));
                    noteLoose(kernel, all[worker]);
                }
                yield all;
            }
        };
    }

    private void noteLoose(Step.KernelStep kernel, Frame frame) {
        for (int i = 0; i < kernel.operands().size(); i++) {
            int root = roots[kernel.operands().get(i)];
            switch (program.slots().get(root)) {
                case Slot.Input _, Slot.Output _ -> loose.get(root).add(new Loose(frame, i));
                case Slot.Constant _, Slot.Memory _, Slot.Alias _, Slot.Dynamic _ -> {}
            }
        }
    }

    /// Ties inputs and outputs to the tensors of the next run.
    void bind(List<Tensor> inputs, List<Tensor> outputTensors) {
        for (int slot : varying) {
            switch (program.slots().get(slot)) {
                case Slot.Input(int index, var _, var _) -> bind(slot, inputs.get(index));
                case Slot.Output(int index, var _, var _) -> bind(slot, outputTensors.get(index));
                case Slot.Dynamic _ -> tensors[slot] = null;
                case Slot.Alias(int target, var type, var shape) -> rebindAlias(slot, target, type, shape);
                case Slot.Constant _, Slot.Memory _ -> {}
            }
        }
    }

    private void bind(int slot, Tensor tensor) {
        if (tensors[slot] != tensor) {
            tensors[slot] = tensor;
            for (var operand : loose.get(slot)) {
                operand.frame().bind(operand.operand(), tensor.memory());
            }
        }
    }

    private void rebindAlias(int slot, int target, DataType type, Shape shape) {
        // Segments at the same address may belong to different arenas, so that only the tensor itself tells.
        if (viewed[slot] != tensors[target]) {
            viewed[slot] = tensors[target];
            tensors[slot] = view(tensors[target], type, shape);
        }
    }

    /// The tensor of a slot, if it has one by now.
    Optional<Tensor> tensor(int slot) {
        return slot == Step.NO_SLOT ? Optional.empty() : Optional.ofNullable(tensors[slot]);
    }

    /// Sets the tensor of a dynamic slot.
    void set(int slot, Tensor tensor) {
        tensors[slot] = tensor;
    }
}
