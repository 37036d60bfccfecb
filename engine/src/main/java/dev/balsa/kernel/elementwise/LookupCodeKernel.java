package dev.balsa.kernel.elementwise;

import dev.balsa.asm.MachineCode;
import dev.balsa.cpu.CpuFeature;
import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.elementwise.LookupCode.Argument;
import java.lang.foreign.MemorySegment;

/// Functions of 8-bit integers looked up in machine code.
public final class LookupCodeKernel implements Kernel<LookupRequest> {
    private final Isa isa;

    /// The kernel for a level with machine code.
    public LookupCodeKernel(Isa isa) {
        this.isa = isa;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(isa.label() + "_lookup_i8", isa);
    }

    @Override
    public boolean supports(LookupRequest request) {
        return true;
    }

    @Override
    public Work prepare(LookupRequest request, Constants constants) {
        boolean permutes = isa.needs().contains(CpuFeature.AVX512VBMI);
        var table = constants.packed(
                request.table(), "lookup table", LookupCode.TABLE, target -> LookupCode.pack(request.table(), target));
        return new LookupCodeWork(
                request.length(), table, constants.code(LookupCode.name(permutes), () -> LookupCode.write(permutes)));
    }

    /// A unit is a range of the elements.
    private record LookupCodeWork(long length, MemorySegment table, MachineCode code) implements CodeWork {
        private static final long UNIT = 32_768;

        @Override
        public int units(int phase) {
            return Math.toIntExact(Math.ceilDiv(length, UNIT));
        }

        @Override
        public long workerBytes() {
            return Argument.bytes();
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            var scratch = frame.scratch();
            long first = from * UNIT;
            Argument.SOURCE.set(scratch, frame.operand(0).address() + first);
            Argument.TARGET.set(scratch, frame.operand(1).address() + first);
            Argument.TABLE.set(scratch, table.address());
            code.call(0, scratch, 0, Math.min(to * UNIT, length) - first);
        }
    }
}
