package dev.balsa.kernel.movement;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;

/// Tensors joined along an axis, input after input in machine code.
public final class ConcatCodeKernel implements Kernel<ConcatRequest> {
    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public ConcatCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_concat_runs", unit.isa());
    }

    @Override
    public boolean supports(ConcatRequest request) {
        return true;
    }

    @Override
    public Work prepare(ConcatRequest request, Constants constants) {
        return new ConcatCodeWork(request, RunCopies.of(unit, constants));
    }

    /// A unit is some rows of the output, or a part of a row; the runs of an input that lie in it are one call.
    private static final class ConcatCodeWork implements CodeWork {
        private static final long UNIT = 65_536;

        private final RunCopies copies;
        private final long[] ends;
        private final long row;
        private final long rows;
        private final long rowsPerUnit;
        private final long partsPerRow;

        ConcatCodeWork(ConcatRequest request, RunCopies copies) {
            this.copies = copies;
            ends = new long[request.runs().size()];
            long end = 0;
            for (int i = 0; i < ends.length; i++) {
                end += request.runs().get(i);
                ends[i] = end;
            }
            row = end;
            rows = row == 0 ? 0 : request.outer();
            rowsPerUnit = Math.max(1, UNIT / Math.max(1, row));
            partsPerRow = Math.ceilDiv(row, UNIT);
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(partsPerRow > 1 ? rows * partsPerRow : Math.ceilDiv(rows, rowsPerUnit));
        }

        @Override
        public long workerBytes() {
            return RunCopies.SCRATCH;
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            if (partsPerRow > 1) {
                for (int unit = from; unit < to; unit++) {
                    long at = unit % partsPerRow * UNIT;
                    copy(frame, unit / partsPerRow, 1, at, Math.min(row, at + UNIT));
                }
                return;
            }
            long first = from * rowsPerUnit;
            // Inputs in turn, row after row of some: what is written stays in the cache until its rows are full.
            for (long at = first, end = Math.min(rows, to * rowsPerUnit); at < end; at += rowsPerUnit) {
                copy(frame, at, Math.min(rowsPerUnit, end - at), 0, row);
            }
        }

        private void copy(Frame frame, long first, long count, long begin, long end) {
            long target = frame.operand(ends.length).address() + first * row;
            long inputBegin = 0;
            for (int i = 0; i < ends.length; i++) {
                long from = Math.max(begin, inputBegin);
                long bytes = Math.min(end, ends[i]) - from;
                if (bytes > 0) {
                    long run = ends[i] - inputBegin;
                    long source = frame.operand(i).address() + first * run + from - inputBegin;
                    copies.copy(frame.scratch(), source, target + from, run, row, bytes, count);
                }
                inputBegin = ends[i];
            }
        }
    }
}
