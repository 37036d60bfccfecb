package dev.balsa.kernel.normalization;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.normalization.GroupNormCode.Argument;
import dev.balsa.kernel.normalization.GroupNormCode.Form;

/// Normalisation of groups of channels in machine code.
public final class GroupNormCodeKernel implements Kernel<GroupNormRequest> {
    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public GroupNormCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_groupnorm_f32", unit.isa());
    }

    @Override
    public boolean supports(GroupNormRequest request) {
        return request.batch() > 0
                && request.groups() > 0
                && request.channels() > 0
                && request.plane() > 0
                && (long) request.batch() * request.groups() <= Integer.MAX_VALUE;
    }

    @Override
    public Work prepare(GroupNormRequest request, Constants constants) {
        var form = new Form(unit, request.perGroup());
        return new GroupNormCodeWork(request, unit, constants.code(form.name(), () -> GroupNormCode.write(form)));
    }

    /// A unit is a few groups. Those of one image are made in one call.
    private record GroupNormCodeWork(GroupNormRequest request, VectorUnit unit, MachineCode code) implements CodeWork {
        private static final long GRAIN = 16_384;

        private long size() {
            return (long) request.channels() * request.plane();
        }

        private int all() {
            return request.batch() * request.groups();
        }

        private int perUnit() {
            return Math.clamp(GRAIN / size(), 1, all());
        }

        @Override
        public int units(int phase) {
            return Math.ceilDiv(all(), perUnit());
        }

        @Override
        public long workerBytes() {
            return Argument.bytes();
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            var arguments = frame.scratch();
            Argument.CHANNELS.set(arguments, request.channels());
            Argument.STEP.set(arguments, (long) request.plane() * Float.BYTES);
            Effects.putDouble(arguments, Argument.COUNT.at(), (double) size());
            Effects.putDouble(arguments, Argument.EPSILON.at(), request.epsilon());
            RowLoop.set(arguments, Argument.LENGTH.at(), unit, StatisticsCode.BLOCK, size());
            RowLoop.set(arguments, Argument.PLANE.at(), unit, StatisticsCode.BLOCK, request.plane());
            long end = Math.min(all(), (long) to * perUnit());
            for (long group = (long) from * perUnit(); group < end; ) {
                long inImage = group % request.groups();
                long next = Math.min(end, group - inImage + request.groups());
                long parameter = (request.perGroup() ? inImage : inImage * request.channels()) * Float.BYTES;
                long at = group * size() * Float.BYTES;
                Argument.SOURCE.set(arguments, frame.operand(0).address() + at);
                Argument.TARGET.set(arguments, frame.operand(3).address() + at);
                Argument.SCALE.set(arguments, frame.operand(1).address() + parameter);
                Argument.SHIFT.set(arguments, frame.operand(2).address() + parameter);
                code.call(0, arguments, 0, next - group);
                group = next;
            }
        }
    }
}
