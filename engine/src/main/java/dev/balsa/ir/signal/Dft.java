package dev.balsa.ir.signal;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// The discrete Fourier transform along one dimension (ONNX DFT, opset 17 to 20).
///
/// Inputs: the signal, whose last dimension is 1 (real) or 2 (complex); optionally the length of the transform, to
/// which the signal is cut or filled with zeros; optionally the axis, by default the last but one.
///
/// @param inverse whether to go back from frequencies, scaled by one over the length
/// @param onesided whether only the first half of the frequencies is there, the rest being its mirror image: forward,
///     only that half is returned; inverse, only that half is read, and the result is real
public record Dft(boolean inverse, boolean onesided) implements Signal {
    private static final int LENGTH = 1;
    private static final int AXIS = 2;

    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("DFT")
            .since(17)
            .in("input", Schema.FLOATS)
            .optional("dft_length", Schema.INDICES)
            .optional("axis", Schema.INDICES)
            .out("output")
            .reader(Dft::read);

    private static Dft read(NodeReader node) {
        if (node.opset() < 20) {
            node.setInput(AXIS, node.constant(Tensor.of(new long[] {node.integer("axis", 1)})));
        }
        return new Dft(node.integer("inverse", 0) != 0, node.integer("onesided", 0) != 0);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var x = in.shape(0);
        var axis = in.has(AXIS) ? in.longs(AXIS).map(List::getFirst) : Optional.of(-2L);
        if (!x.hasRank() || axis.isEmpty()) {
            return List.of(in.type(0).withShape(x.hasRank() ? SymbolicShape.ofRank(x.rank()) : x));
        }
        int at = axis(axis.get(), x.rank());
        var length =
                in.has(LENGTH) ? in.contents(LENGTH).map(List::getFirst).orElse(Dim.UNKNOWN) : defaultLength(x.dim(at));
        return List.of(in.type(0).withShape(outputShape(x, at, length)));
    }

    private Dim defaultLength(Dim input) {
        return inverse && onesided ? input.minus(Dim.of(1)).times(Dim.of(2)) : input;
    }

    private SymbolicShape outputShape(SymbolicShape x, int axis, Dim length) {
        if (!x.dim(-1).mayEqual(Dim.of(1)) && !x.dim(-1).mayEqual(Dim.of(2))) {
            throw new ShapeException("input 0: expected a last dimension of 1 (real) or 2 (complex), found " + x
                    + "; check the model, or the shapes of its inputs");
        }
        if (length.isKnown() && (length.get() < 1 || length.get() > Integer.MAX_VALUE / 8)) {
            throw new ShapeException("transform: expected a length from 1 to " + Integer.MAX_VALUE / 8 + ", found "
                    + length + "; check input 1 \"dft_length\"");
        }
        var half = length.isKnown() ? Dim.of(length.get() / 2 + 1) : Dim.UNKNOWN;
        return x.with(axis, onesided && !inverse ? half : length).with(-1, Dim.of(onesided && inverse ? 1 : 2));
    }

    private static int axis(long axis, int rank) {
        long at = axis < 0 ? axis + rank : axis;
        if (rank < 2 || at < 0 || at >= rank - 1) {
            throw new ShapeException(
                    "axis " + axis + ": expected a dimension before the last one of a signal of rank 2 or "
                            + "more, found rank " + rank + "; check the axis attribute or input");
        }
        return (int) at;
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        int axis = axis(run.has(AXIS) ? Scalars.read(run, AXIS) : -2, x.shape().rank());
        long length = run.has(LENGTH)
                ? Scalars.read(run, LENGTH)
                : defaultLength(Dim.of(x.shape().dim(axis))).get();
        var shape = outputShape(SymbolicShape.of(x.shape()), axis, Dim.of(length));
        var y = run.output(0, x.type(), shape.known().orElseThrow());
        if (y.size() == 0) {
            return;
        }
        var fourier = new Fourier((int) length);
        long inner = x.shape().size(axis + 1, x.shape().rank() - 1);
        long rows = x.shape().size(0, axis) * inner;
        for (long row = 0; row < rows; row++) {
            var in = new Line(x, axis, row / inner, row % inner, inner);
            var signal = in.read((int) length);
            if (inverse && onesided) {
                mirror(signal, (int) length, in.count());
            }
            var result = inverse ? fourier.inverse(signal) : fourier.forward(signal);
            new Line(y, axis, row / inner, row % inner, inner).write(result);
        }
    }

    /// Fills the second half of a spectrum with the mirror image of the first.
    private static void mirror(ComplexArray spectrum, int length, long given) {
        for (int k = length / 2 + 1; k < length; k++) {
            boolean known = length - k < given;
            spectrum.set(k, known ? spectrum.real(length - k) : 0, known ? -spectrum.imaginary(length - k) : 0);
        }
    }

    /// The complex (or real) numbers along the transformed dimension of a tensor.
    private record Line(Tensor tensor, int axis, long outer, long at, long inner) {
        long count() {
            return tensor.shape().dim(axis);
        }

        private long index(long k) {
            return ((outer * count() + k) * inner + at) * tensor.shape().dim(-1);
        }

        ComplexArray read(int length) {
            var numbers = new ComplexArray(length);
            boolean complex = tensor.shape().dim(-1) == 2;
            for (int k = 0; k < Math.min(length, count()); k++) {
                numbers.set(k, tensor.getDouble(index(k)), complex ? tensor.getDouble(index(k) + 1) : 0);
            }
            return numbers;
        }

        void write(ComplexArray numbers) {
            for (int k = 0; k < count(); k++) {
                tensor.setDouble(index(k), numbers.real(k));
                if (tensor.shape().dim(-1) == 2) {
                    tensor.setDouble(index(k) + 1, numbers.imaginary(k));
                }
            }
        }
    }
}
