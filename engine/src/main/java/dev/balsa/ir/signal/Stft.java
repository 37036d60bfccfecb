package dev.balsa.ir.signal;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;

/// The Fourier transforms of overlapping frames of a signal (ONNX STFT, opset 17).
///
/// Inputs: the signal `[batch, length, 1 or 2]`, the step between frames, optionally a window `[window length]` that
/// each frame is multiplied with, optionally the length of a frame (by default the window's, or the signal's). Output:
/// `[batch, frames, frequencies, 2]`.
///
/// @param onesided whether only the first half of the frequencies is returned
public record Stft(boolean onesided) implements Signal {
    private static final int STEP = 1;
    private static final int WINDOW = 2;
    private static final int LENGTH = 3;

    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("STFT")
            .since(17)
            .in("signal", Schema.FLOATS)
            .in("frame_step", Schema.INDICES)
            .optional("window", Schema.FLOATS)
            .optional("frame_length", Schema.INDICES)
            .out("output")
            .reader(node -> new Stft(node.integer("onesided", 1) != 0));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var signal = in.shape(0);
        var batch = signal.hasRank() && signal.rank() == 3 ? signal.dim(0) : Dim.UNKNOWN;
        var length = length(in);
        var step = in.contents(STEP).map(List::getFirst).orElse(Dim.UNKNOWN);
        var bins = !onesided ? length : length.isKnown() ? Dim.of(length.get() / 2 + 1) : Dim.UNKNOWN;
        boolean known = signal.isKnown() && signal.rank() == 3 && length.isKnown() && step.isKnown();
        var frames = known ? Dim.of(frames(signal.dim(1).get(), length.get(), step.get())) : Dim.UNKNOWN;
        return List.of(in.type(0).withShape(SymbolicShape.of(batch, frames, bins, Dim.of(2))));
    }

    private static Dim length(Inference in) {
        if (in.has(LENGTH)) {
            return in.contents(LENGTH).map(List::getFirst).orElse(Dim.UNKNOWN);
        }
        var from = in.shape(in.has(WINDOW) ? WINDOW : 0);
        int axis = in.has(WINDOW) ? 0 : 1;
        return from.hasRank() && from.rank() > axis ? from.dim(axis) : Dim.UNKNOWN;
    }

    private static long frames(long signal, long length, long step) {
        if (step < 1 || length < 1 || length > Integer.MAX_VALUE / 8) {
            throw new ShapeException("expected a frame step of 1 or more and a frame length from 1 to "
                    + Integer.MAX_VALUE / 8 + ", found " + step + " and " + length
                    + "; check inputs 1 \"frame_step\" and 3 \"frame_length\"");
        }
        return signal < length ? 0 : 1 + (signal - length) / step;
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var shape = x.shape();
        if (shape.rank() != 3 || shape.dim(2) < 1 || shape.dim(2) > 2) {
            throw new ShapeException("input 0 \"signal\": expected [batch, length, 1 or 2], found " + shape
                    + "; check the model, or the shapes of its inputs");
        }
        double[] window = run.has(WINDOW) ? run.input(WINDOW).toDoubleArray() : new double[0];
        long length = run.has(LENGTH) ? Scalars.read(run, LENGTH) : run.has(WINDOW) ? window.length : shape.dim(1);
        long step = Scalars.read(run, STEP);
        long frames = frames(shape.dim(1), length, step);
        long bins = onesided ? length / 2 + 1 : length;
        var y = run.output(0, x.type(), Shape.of(shape.dim(0), frames, bins, 2));
        var fourier = new Fourier((int) length);
        for (long row = 0; y.size() > 0 && row < shape.dim(0) * frames; row++) {
            long from = row / frames * shape.dim(1) + row % frames * step;
            var frame = frame(x, from, (int) length, run.has(WINDOW), window);
            write(y, row * bins, bins, fourier.forward(frame));
        }
    }

    /// The elements from `from` on, times the window; a shorter window leaves zeros at the end.
    private static ComplexArray frame(Tensor x, long from, int length, boolean windowed, double[] window) {
        var frame = new ComplexArray(length);
        long parts = x.shape().dim(2);
        for (int i = 0; i < (windowed ? Math.min(length, window.length) : length); i++) {
            double factor = windowed ? window[i] : 1;
            long at = (from + i) * parts;
            frame.set(i, factor * x.getDouble(at), parts == 2 ? factor * x.getDouble(at + 1) : 0);
        }
        return frame;
    }

    private static void write(Tensor y, long at, long bins, ComplexArray spectrum) {
        for (int k = 0; k < bins; k++) {
            y.setDouble(2 * (at + k), spectrum.real(k));
            y.setDouble(2 * (at + k) + 1, spectrum.imaginary(k));
        }
    }
}
