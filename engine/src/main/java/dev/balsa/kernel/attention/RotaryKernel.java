package dev.balsa.kernel.attention;

import dev.balsa.asm.MachineCode;
import dev.balsa.error.InternalException;
import dev.balsa.error.ShapeException;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.attention.RotaryCode.Argument;
import dev.balsa.kernel.attention.RotaryCode.Form;
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.ValueLayout;

/// Turns pairs of heads in machine code.
public final class RotaryKernel implements Kernel<RotaryRequest> {
    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public RotaryKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_rotary_f32", unit.isa());
    }

    /// All but empty tensors.
    @Override
    public boolean supports(RotaryRequest request) {
        return request.batch() > 0
                && request.heads() > 0
                && request.length() > 0
                && request.half() > 0
                && 2L * request.half() <= request.size();
    }

    @Override
    public Work prepare(RotaryRequest request, Constants constants) {
        var form = new Form(unit, request.interleaved(), request.numbered());
        return new RotaryWork(request, form, constants.code(form.name(), () -> RotaryCode.write(form)));
    }

    /// A unit is a few positions with all their heads.
    private record RotaryWork(RotaryRequest request, Form form, MachineCode code) implements CodeWork {
        private static final long GRAIN = 8_192;
        private static final int NUMBERS = 3;

        private long perUnit() {
            return Math.max(1, GRAIN / (request.heads() * request.size()));
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(Math.ceilDiv(request.batch() * request.length(), perUnit()));
        }

        /// The arguments, and a row of each table with two elements for each pair.
        @Override
        public long workerBytes() {
            return Argument.bytes() + (form.interleaved() ? 2 * turnedBytes() : 0);
        }

        private long turnedBytes() {
            return 2L * request.half() * Float.BYTES;
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            var arguments = frame.scratch();
            long half = (long) request.half() * Float.BYTES;
            long head = (long) request.size() * Float.BYTES;
            long end = Math.min(request.batch() * request.length(), to * perUnit());
            for (long position = from * perUnit(); position < end; ) {
                long batch = position / request.length();
                long count = Math.min(end, (batch + 1) * request.length()) - position;
                Argument.HEAD.set(arguments, request.packed() ? head : head * request.length());
                Argument.POSITION.set(arguments, request.packed() ? head * request.heads() : head);
                Argument.HEADS.set(arguments, request.heads());
                Argument.PAIRS.set(arguments, request.half());
                Argument.HALF.set(arguments, half);
                Argument.TURNED.set(arguments, 2 * half);
                long length = form.interleaved() ? 2L * request.half() : request.half();
                RowLoop.set(arguments, Argument.LENGTH.at(), form.unit(), RotaryCode.BLOCK, length);
                long staying = request.size() - 2L * request.half();
                RowLoop.set(arguments, Argument.STAYING.at(), form.unit(), RotaryCode.BLOCK, staying);
                long place = request.packed()
                        ? position * request.heads()
                        : (batch * request.heads() - batch) * request.length() + position;
                Argument.SOURCE.set(arguments, frame.operand(0).address() + place * head);
                Argument.TARGET.set(arguments, frame.operand(request.output()).address() + place * head);
                tables(frame, position, half);
                code.call(0, arguments, count, request.heads());
                check(frame, position, count);
                position += count;
            }
        }

        private void tables(Frame frame, long position, long half) {
            var arguments = frame.scratch();
            long row = 0;
            if (request.numbered()) {
                Argument.NUMBER.set(arguments, frame.operand(NUMBERS).address() + position * Long.BYTES);
                Argument.ROWS.set(arguments, request.tableRows());
                Argument.BAD.set(arguments, 0);
            } else {
                row = request.tableRows() == request.length() ? position % request.length() : position;
            }
            Argument.COSINES.set(arguments, frame.operand(1).address() + row * half);
            Argument.SINES.set(arguments, frame.operand(2).address() + row * half);
        }

        /// Whether the routine has found a row for each number.
        private void check(Frame frame, long first, long count) {
            if (!request.numbered() || Effects.isStill(frame.scratch(), Argument.BAD.at(), 0)) {
                return;
            }
            for (long position = first; position < first + count; position++) {
                long number = frame.operand(NUMBERS).get(ValueLayout.JAVA_LONG_UNALIGNED, position * Long.BYTES);
                if (number < 0 || number >= request.tableRows()) {
                    throw new ShapeException("input 3 \"position_ids\": expected numbers of 0 to "
                            + (request.tableRows() - 1) + ", found " + number + "; check the positions");
                }
            }
            throw new InternalException(
                    "position_ids changed while they were read; expected them to stay until the run ends");
        }
    }
}
