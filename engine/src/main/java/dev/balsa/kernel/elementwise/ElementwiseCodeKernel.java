package dev.balsa.kernel.elementwise;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.LoopNest;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.elementwise.ElementwiseCode.Form;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Chains of functions of floats as one loop of machine code.
public final class ElementwiseCodeKernel implements Kernel<ElementwiseRequest> {
    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public ElementwiseCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_elementwise_f32", unit.isa());
    }

    @Override
    public boolean supports(ElementwiseRequest request) {
        var nest = new LoopNest(request.shape(), request.strides());
        if (nest.total() == 0
                || request.strides().size() > ElementwiseCode.MOST_INPUTS
                || !StageCode.knows(stages(request, nest))) {
            return false;
        }
        for (int i = 0; i < request.strides().size(); i++) {
            if (nest.innerStride(i) != 0 && nest.innerStride(i) != 1) {
                return false;
            }
        }
        return true;
    }

    /// The stages, with their operands' spread along a row.
    private static List<Stage> stages(ElementwiseRequest request, LoopNest nest) {
        var stages = new ArrayList<Stage>();
        for (var stage : request.stages()) {
            stages.add(
                    switch (stage) {
                        case Stage.Unary unary -> unary;
                        case Stage.Binary(var function, int operand, var _) ->
                            new Stage.Binary(
                                    function, operand, nest.innerStride(operand) == 0 ? Spread.SCALAR : Spread.FULL);
                    });
        }
        return stages;
    }

    @Override
    public Work prepare(ElementwiseRequest request, Constants constants) {
        var nest = new LoopNest(request.shape(), request.strides());
        var spread = new ArrayList<Boolean>();
        for (int i = 0; i < request.strides().size(); i++) {
            spread.add(nest.innerStride(i) == 1);
        }
        var form = new Form(unit, spread, stages(request, nest));
        var code = constants.code(form.name(), () -> ElementwiseCode.write(form));
        return new ElementwiseCodeWork(request, nest, unit, code);
    }

    /// A unit is some rows, or a part of a row. Rows one stride apart are done in one call.
    private static final class ElementwiseCodeWork implements Work {
        private static final int UNIT = 16_384;

        private final LoopNest nest;
        private final VectorUnit unit;
        private final MachineCode code;
        private final int inputs;
        private final long rows;
        private final long rowsPerUnit;
        private final long partsPerRow;
        /// Rows that lie at equal distances for every operand.
        private final long regular;

        ElementwiseCodeWork(ElementwiseRequest request, LoopNest nest, VectorUnit unit, MachineCode code) {
            this.nest = nest;
            this.unit = unit;
            this.code = code;
            inputs = request.strides().size();
            rows = nest.total() / nest.inner();
            rowsPerUnit = Math.max(1, UNIT / nest.inner());
            partsPerRow = Math.ceilDiv(nest.inner(), UNIT);
            regular = nest.rank() > 1 ? nest.size(nest.rank() - 2) : 1;
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(partsPerRow > 1 ? rows * partsPerRow : Math.ceilDiv(rows, rowsPerUnit));
        }

        @Override
        public long workerBytes() {
            return ElementwiseCode.ARGUMENT_BYTES;
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            if (partsPerRow > 1) {
                for (int unit = from; unit < to; unit++) {
                    long column = unit % partsPerRow * UNIT;
                    call(frame, unit / partsPerRow, 1, column, Math.min(UNIT, nest.inner() - column));
                }
                return;
            }
            long end = Math.min(rows, to * rowsPerUnit);
            for (long row = from * rowsPerUnit; row < end; ) {
                long next = Math.min(end, (row / regular + 1) * regular);
                call(frame, row, next - row, 0, nest.inner());
                row = next;
            }
        }

        private void call(Frame frame, long row, long count, long column, long length) {
            var arguments = frame.scratch();
            for (int i = 0; i < inputs; i++) {
                long at = nest.rowOffset(i, row) + column * nest.innerStride(i);
                set(arguments, i * Long.BYTES, frame.operand(i).address() + at * Float.BYTES);
                long step = nest.rank() > 1 ? nest.stride(i, nest.rank() - 2) : 0;
                set(arguments, ElementwiseCode.STEPS + i * Long.BYTES, step * Float.BYTES);
            }
            long target = frame.operand(inputs).address() + (row * nest.inner() + column) * Float.BYTES;
            set(arguments, ElementwiseCode.OUTPUT, target);
            set(arguments, ElementwiseCode.ROW_BYTES, nest.inner() * Float.BYTES);
            set(arguments, ElementwiseCode.WHOLE_BYTES, length / unit.lanes() * unit.bytes());
            set(arguments, ElementwiseCode.REST, length % unit.lanes());
            code.call(0, arguments, 0, count);
        }

        private static void set(MemorySegment arguments, int at, long value) {
            arguments.set(ValueLayout.JAVA_LONG, at, value);
        }
    }
}
