package dev.balsa.plan;

import dev.balsa.kept.NotKeptException;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Work;
import dev.balsa.run.Program;
import dev.balsa.run.Slot;
import dev.balsa.run.Step;
import dev.balsa.run.StepInfo;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// Captures single works, as those of a program are.
public final class CapturedWork {
    private static final int WORKERS = 2;

    private CapturedWork() {}

    /// What a program would run instead of the work: the work itself, if it cannot be captured.
    ///
    /// @param operands their lengths in bytes, inputs first
    public static Work of(Work work, List<Long> operands, Constants constants) {
        var slots = new ArrayList<Slot>();
        var numbers = new ArrayList<Integer>();
        for (long bytes : operands) {
            numbers.add(slots.size());
            slots.add(new Slot.Input(slots.size(), DataType.UINT8, Shape.of(bytes)));
        }
        var step = new Step.KernelStep(new StepInfo("", "", "", "", 0, 0), work, numbers);
        var program = new Program(slots, List.of(step), List.of(), 0, work.sharedBytes(), work.workerBytes());
        try {
            var captured =
                    ProgramCapture.of(program, constants, WORKERS).steps().getFirst();
            return ((Step.KernelStep) captured).work();
        } catch (NotKeptException e) {
            throw new AssertionError(work.getClass() + " cannot be captured: " + e.getMessage(), e);
        }
    }
}
