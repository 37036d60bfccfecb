package dev.balsa.kernel.normalization;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.normalization.LocalResponseCode.Argument;
import dev.balsa.kernel.normalization.LocalResponseCode.Form;

/// Local response normalisation in machine code.
public final class LocalResponseCodeKernel implements Kernel<LocalResponseRequest> {
    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public LocalResponseCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_localresponse_f32", unit.isa());
    }

    @Override
    public boolean supports(LocalResponseRequest request) {
        return request.batch() > 0 && request.channels() > 0 && request.plane() > 0 && request.size() > 0;
    }

    @Override
    public Work prepare(LocalResponseRequest request, Constants constants) {
        var form = new Form(unit, request.alpha() / request.size(), request.bias(), request.beta());
        return new LocalResponseCodeWork(
                request, unit, constants.code(form.name(), () -> LocalResponseCode.write(form)));
    }

    /// A piece is a part of one channel's plane, whose neighbours are read anew for each channel, from the caches.
    /// A unit is a few pieces, channel after channel.
    private record LocalResponseCodeWork(LocalResponseRequest request, VectorUnit unit, MachineCode code)
            implements CodeWork {
        private static final int WIDTH = 4_096;

        private long parts() {
            return Math.ceilDiv(request.plane(), WIDTH);
        }

        private long pieces() {
            return request.batch() * parts() * request.channels();
        }

        private long perUnit() {
            return Math.max(1, WIDTH / request.plane());
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(Math.ceilDiv(pieces(), perUnit()));
        }

        @Override
        public long workerBytes() {
            return Argument.bytes();
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            long end = Math.min(pieces(), to * perUnit());
            for (long piece = from * perUnit(); piece < end; piece++) {
                long above = piece / request.channels();
                int channel = (int) (piece % request.channels());
                piece(frame, above / parts(), channel, above % parts() * WIDTH);
            }
        }

        private void piece(Frame frame, long image, int channel, long first) {
            var arguments = frame.scratch();
            long planeBytes = (long) request.plane() * Float.BYTES;
            long at = (image * request.channels() + channel) * planeBytes + first * Float.BYTES;
            int before = Math.min(channel, (request.size() - 1) / 2);
            int after = Math.min(request.channels() - 1 - channel, request.size() / 2);
            Argument.SOURCE.set(arguments, frame.operand(0).address() + at);
            Argument.TARGET.set(arguments, frame.operand(1).address() + at);
            Argument.WINDOW.set(arguments, frame.operand(0).address() + at - before * planeBytes);
            Argument.CHANNELS.set(arguments, before + 1L + after);
            Argument.STEP.set(arguments, planeBytes);
            long length = Math.min(WIDTH, request.plane() - first);
            RowLoop.set(arguments, Argument.LENGTH.at(), unit, LocalResponseCode.BLOCK, length);
            code.call(0, arguments, 0, 1);
        }
    }
}
