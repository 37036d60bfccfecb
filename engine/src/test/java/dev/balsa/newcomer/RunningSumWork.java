package dev.balsa.newcomer;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import java.lang.foreign.ValueLayout;

/// Running sums in plain Java: a unit is a few whole rows. Sums are kept in double precision and rounded once each. The
/// example of a new kernel's work.
final class RunningSumWork implements Work {
    /// Elements of a unit, at least: few enough to share a small matrix, enough to outweigh the sharing.
    private static final int GRAIN = 8_192;

    /// Inputs may have any alignment.
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final RunningSumRequest request;
    private final long rowsPerUnit;

    RunningSumWork(RunningSumRequest request) {
        this.request = request;
        this.rowsPerUnit = Math.max(1, GRAIN / request.length());
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact(Math.ceilDiv(request.rows(), rowsPerUnit));
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        long end = Math.min(to * rowsPerUnit, request.rows());
        for (long row = from * rowsPerUnit; row < end; row++) {
            row(frame, row * request.length());
        }
    }

    private void row(Frame frame, long start) {
        var x = frame.operand(0);
        var y = frame.operand(1);
        double sum = 0;
        for (long i = start; i < start + request.length(); i++) {
            sum += x.getAtIndex(FLOAT, i);
            y.setAtIndex(FLOAT, i, (float) sum);
        }
    }
}
