package dev.balsa.kernel.movement;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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

    /// All of them are of floats.
    @Override
    public Set<Set<Integer>> takes(ConcatRequest request, Storage storage) {
        return storage == Storage.BFLOAT16
                ? Set.of(IntStream.rangeClosed(0, request.runs().size()).boxed().collect(Collectors.toSet()))
                : Set.of();
    }

    @Override
    public ConcatRequest stored(ConcatRequest request, Storage storage, Set<Integer> operands) {
        return operands.isEmpty() ? request : request.resized(Float.BYTES, storage.bytes());
    }

    @Override
    public Work prepare(ConcatRequest request, Constants constants) {
        return new ConcatCodeWork(request, RunCopies.of(unit, constants));
    }

    /// A unit is some rows of the output, or a part of a row; the runs of an input that lie in it are one call.
    private static final class ConcatCodeWork implements CodeWork {
        private static final long UNIT = 65_536;

        private final RunCopies copies;
        private final long[] runs;
        private final long[] places;
        private final long row;
        /// Bytes of a row up to the end of its last run.
        private final long length;
        private final long rows;
        private final long rowsPerUnit;
        private final long partsPerRow;

        ConcatCodeWork(ConcatRequest request, RunCopies copies) {
            this.copies = copies;
            runs = request.runs().stream().mapToLong(Long::longValue).toArray();
            places = request.places().stream().mapToLong(Long::longValue).toArray();
            row = request.row();
            long copied = 0;
            long end = 0;
            for (int i = 0; i < runs.length; i++) {
                copied += runs[i];
                end = Math.max(end, places[i] + runs[i]);
            }
            length = end;
            rows = copied == 0 ? 0 : request.outer();
            rowsPerUnit = Math.max(1, UNIT / Math.max(1, copied));
            partsPerRow = Math.ceilDiv(length, UNIT);
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
                    copy(frame, unit / partsPerRow, 1, at, Math.min(length, at + UNIT));
                }
                return;
            }
            long first = from * rowsPerUnit;
            // Inputs in turn, row after row of some: what is written stays in the cache until its rows are full.
            for (long at = first, end = Math.min(rows, to * rowsPerUnit); at < end; at += rowsPerUnit) {
                copy(frame, at, Math.min(rowsPerUnit, end - at), 0, length);
            }
        }

        private void copy(Frame frame, long first, long count, long begin, long end) {
            long target = frame.operand(runs.length).address() + first * row;
            for (int i = 0; i < runs.length; i++) {
                long from = Math.max(begin, places[i]);
                long bytes = Math.min(end, places[i] + runs[i]) - from;
                if (bytes > 0) {
                    long source = frame.operand(i).address() + first * runs[i] + from - places[i];
                    copies.copy(frame.scratch(), source, target + from, runs[i], row, bytes, count);
                }
            }
        }
    }
}
