package dev.balsa.run;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.replay.ReplaySpan;
import dev.balsa.kernel.replay.ReplayWork;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// A program tied to the memory of one stream: a frame per kernel step and worker, a tensor per slot. Not for
/// concurrent use.
final class BoundProgram {
    /// A frame operand that changes when a run brings other input or output memory.
    ///
    /// @param piece the part of that memory, or nothing for all
    private record Loose(Frame frame, int operand, Optional<Slot.Piece> piece) {
        void bind(MemorySegment all) {
            frame.bind(operand, piece.isPresent() ? of(all, piece.get()) : all);
        }
    }

    /// Steps that are gone through at once.
    ///
    /// @param end the step behind them
    record Span(ReplaySpan replay, int end) {}

    /// Spans end where they take some hundredths of a second: a run may be interrupted between them.
    private static final long MOST_FLOPS = 2_000_000_000L;

    private final Program program;
    private final MemorySegment memory;
    private final int memoryVersion;
    private final Frame[][] frames;
    /// By their first step.
    private final List<Optional<Span>> spans = new ArrayList<>();
    private final Tensor[] tensors;
    /// For each slot that is another one's alias or piece, the tensor that it is a view of by now.
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
        bindFrames(shared, workerScratch);
        for (int i = 0; i < frames.length; ) {
            var span = spanFrom(i, workerScratch.size());
            spans.add(span);
            for (i++; span.isPresent() && i < span.get().end(); i++) {
                spans.add(Optional.empty());
            }
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

    /// What all workers go through from a step on at once, if it is more than that step.
    Optional<Span> span(int step) {
        return spans.get(step);
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
            case Slot.Piece piece -> {
                roots[slot] = roots[piece.slot()];
                if (tensors[piece.slot()] != null) {
                    rebindPiece(slot, piece);
                }
            }
            case Slot.Input _, Slot.Output _, Slot.Dynamic _ -> {}
        }
    }

    private static boolean isVarying(Slot root) {
        return switch (root) {
            case Slot.Input _, Slot.Output _, Slot.Dynamic _ -> true;
            case Slot.Constant _, Slot.Memory _, Slot.Alias _, Slot.Piece _ -> false;
        };
    }

    private static Tensor view(Tensor target, DataType type, Shape shape) {
        var reshaped = target.reshaped(shape);
        return reshaped.type() == type ? reshaped : reshaped.cast(type);
    }

    /// All addresses are in one piece of memory, which lives as long as the frames.
    private void bindFrames(MemorySegment shared, List<MemorySegment> workerScratch) {
        long bytes = 0;
        for (var step : program.steps()) {
            bytes += addressBytes(step) * workerScratch.size();
        }
        var addresses = Arena.ofAuto().allocate(Math.max(1, bytes), Long.BYTES);
        long at = 0;
        for (int i = 0; i < frames.length; i++) {
            var step = program.steps().get(i);
            long each = addressBytes(step);
            frames[i] = frames(step, shared, workerScratch, addresses.asSlice(at, each * workerScratch.size()));
            at += each * workerScratch.size();
        }
    }

    private Optional<Span> spanFrom(int first, int workers) {
        var works = new ArrayList<ReplayWork>();
        long flops = 0;
        int end = first;
        while (end < frames.length
                && flops < MOST_FLOPS
                && program.steps().get(end) instanceof Step.KernelStep(var info, ReplayWork work, var _)) {
            works.add(work);
            flops += info.flops();
            end++;
        }
        return works.size() > 1
                ? Optional.of(new Span(new ReplaySpan(works, List.of(frames).subList(first, end), workers), end))
                : Optional.empty();
    }

    private static long addressBytes(Step step) {
        return switch (step) {
            case Step.HostStep _ -> 0;
            case Step.KernelStep kernel -> Frame.addressBytes(kernel.operands().size());
        };
    }

    private Frame[] frames(
            Step step, MemorySegment shared, List<MemorySegment> workerScratch, MemorySegment addresses) {
        return switch (step) {
            case Step.HostStep _ -> new Frame[0];
            case Step.KernelStep kernel -> {
                var operands = new ArrayList<MemorySegment>();
                for (int slot : kernel.operands()) {
                    operands.add(tensors[slot] == null ? MemorySegment.NULL : tensors[slot].memory());
                }
                var all = new Frame[workerScratch.size()];
                long each = addressBytes(step);
                for (int worker = 0; worker < all.length; worker++) {
                    var own = addresses.asSlice(worker * each, each);
                    all[worker] = new Frame(operands, shared, workerScratch.get(worker), own);
                    noteLoose(kernel, all[worker]);
                }
                yield all;
            }
        };
    }

    private void noteLoose(Step.KernelStep kernel, Frame frame) {
        for (int i = 0; i < kernel.operands().size(); i++) {
            int slot = kernel.operands().get(i);
            int root = roots[slot];
            var piece = program.slots().get(slot) instanceof Slot.Piece part
                    ? Optional.of(part)
                    : Optional.<Slot.Piece>empty();
            switch (program.slots().get(root)) {
                case Slot.Input _, Slot.Output _ -> loose.get(root).add(new Loose(frame, i, piece));
                case Slot.Constant _, Slot.Memory _, Slot.Alias _, Slot.Piece _, Slot.Dynamic _ -> {}
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
                case Slot.Piece piece -> rebindPiece(slot, piece);
                case Slot.Constant _, Slot.Memory _ -> {}
            }
        }
    }

    private void bind(int slot, Tensor tensor) {
        if (tensors[slot] != tensor) {
            tensors[slot] = tensor;
            for (var operand : loose.get(slot)) {
                operand.bind(tensor.memory());
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

    private void rebindPiece(int slot, Slot.Piece piece) {
        var whole = tensors[piece.slot()];
        if (viewed[slot] != whole) {
            viewed[slot] = whole;
            tensors[slot] = Tensor.wrap(piece.type(), piece.shape(), of(whole.memory(), piece));
        }
    }

    private static MemorySegment of(MemorySegment whole, Slot.Piece piece) {
        return whole.asSlice(piece.at(), piece.bytes());
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
