package dev.balsa.cli.conformance;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.Optional;

/// How far a result may be from the expected one: `atol + rtol * |expected|` per element for floats (as numpy's
/// `allclose` has it), not at all for everything else.
///
/// @param rtol share of the expected element
/// @param atol absolute difference
/// @param ofLargest share of the largest expected element of the tensor, on top
public record Closeness(double rtol, double atol, double ofLargest) {
    /// The tolerance of ONNX's own test runner (onnx.backend.test.runner).
    public static final Closeness ONNX = new Closeness(1e-3, 1e-7, 0);
    /// For whole networks: rounding errors of earlier layers are as large as the largest activations make them.
    public static final Closeness NETWORK = new Closeness(1e-3, 1e-7, 1e-3);

    /// What is wrong with `found`, or nothing if it is close enough.
    public Optional<String> complaint(Tensor expected, Tensor found) {
        if (expected.type() != found.type() || !expected.shape().equals(found.shape())) {
            return Optional.of("expected " + expected + ", found " + found);
        }
        double slack = atol + ofLargest * largest(expected);
        for (long i = 0; i < expected.size(); i++) {
            if (!close(expected, found, i, slack)) {
                return Optional.of("element " + i + " of " + expected + ": expected " + text(expected, i) + ", found "
                        + text(found, i));
            }
        }
        return Optional.empty();
    }

    /// The same with another absolute difference on top.
    public Closeness wider(double more) {
        return new Closeness(rtol, atol + more, ofLargest);
    }

    /// The largest absolute difference of two tensors of one shape.
    public static double distance(Tensor a, Tensor b) {
        double largest = 0;
        for (long i = 0; i < Math.min(a.size(), b.size()); i++) {
            largest = Math.max(largest, Math.abs(a.getDouble(i) - b.getDouble(i)));
        }
        return largest;
    }

    /// What is wrong if the largest elements stand at different places.
    public Optional<String> differentLargest(Tensor expected, Tensor found) {
        long wanted = indexOfLargest(expected);
        long got = indexOfLargest(found);
        return wanted == got
                ? Optional.empty()
                : Optional.of("expected the largest element at " + wanted + ", found it at " + got);
    }

    private static long indexOfLargest(Tensor tensor) {
        long largest = 0;
        for (long i = 1; i < tensor.size(); i++) {
            if (tensor.getDouble(i) > tensor.getDouble(largest)) {
                largest = i;
            }
        }
        return largest;
    }

    private double largest(Tensor tensor) {
        double largest = 0;
        for (long i = 0; ofLargest > 0 && tensor.type().isFloat() && i < tensor.size(); i++) {
            double magnitude = Math.abs(tensor.getDouble(i));
            largest = Double.isFinite(magnitude) ? Math.max(largest, magnitude) : largest;
        }
        return largest;
    }

    private boolean close(Tensor expected, Tensor found, long i, double slack) {
        if (expected.type() == DataType.STRING) {
            return expected.getString(i).equals(found.getString(i));
        }
        if (!expected.type().isFloat()) {
            return expected.getLong(i) == found.getLong(i);
        }
        double want = expected.getDouble(i);
        double got = found.getDouble(i);
        return want == got
                || Double.isNaN(want) && Double.isNaN(got)
                || Math.abs(want - got) <= slack + rtol * Math.abs(want) && Double.isFinite(want);
    }

    private static String text(Tensor tensor, long i) {
        if (tensor.type() == DataType.STRING) {
            return '"' + tensor.getString(i) + '"';
        }
        return tensor.type().isFloat() ? Double.toString(tensor.getDouble(i)) : Long.toString(tensor.getLong(i));
    }
}
