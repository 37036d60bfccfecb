package dev.balsa.ir.window;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import java.util.List;

/// A depthwise convolution over time that sees only the past, and keeps the end of its input for the next call (ONNX
/// CausalConvWithState, opset 27; the operator of the same name in `com.microsoft` for one dimension).
///
/// Inputs: input `[batch, channels, length]`, weight `[channels, 1, kernel]`, optionally bias `[channels]` and past
/// state `[batch, channels, kernel - 1]` (zeros if left out). Outputs: the result, shaped as the input, and the last
/// `kernel - 1` elements of past state and input together.
///
/// @param silu whether the result x becomes x * sigmoid(x)
public record CausalConvWithState(boolean silu) implements Window {
    private static final int BIAS = 2;
    private static final int PAST = 3;

    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            signature("").since(27).alias(signature("com.microsoft").since(1));

    private static Schema signature(String domain) {
        return Schema.of("CausalConvWithState")
                .domain(domain)
                .in("input", Schema.FLOATS)
                .in("weight", Schema.FLOATS)
                .optional("bias", Schema.FLOATS)
                .optional("past_state", Schema.FLOATS)
                .out("output")
                .optionalOut("present_state")
                .reader(CausalConvWithState::read);
    }

    private static CausalConvWithState read(NodeReader node) {
        if (node.integer("ndim", 1) != 1) {
            throw node.unsupported("attribute \"ndim\" other than 1");
        }
        var activation = node.string("activation", "none");
        return switch (activation) {
            case "none", "" -> new CausalConvWithState(false);
            case "silu", "swish" -> new CausalConvWithState(true);
            default ->
                throw node.malformed(
                        "attribute \"activation\": expected none, silu or swish, found \"" + activation + "\"");
        };
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var input = in.shape(0);
        var weight = in.shape(1);
        if (!input.hasRank() || !weight.hasRank()) {
            return List.of(in.type(0), in.type(0).withShape(SymbolicShape.ofRank(3)));
        }
        check(input, weight);
        var state = SymbolicShape.of(input.dim(0), input.dim(1), weight.dim(2).minus(Dim.of(1)));
        if (in.has(BIAS)) {
            Convolution.checkBias(in.shape(BIAS), input.dim(1));
        }
        if (in.has(PAST)) {
            checkPast(in.shape(PAST), state);
        }
        return List.of(in.type(0), in.type(0).withShape(state));
    }

    private static void check(SymbolicShape input, SymbolicShape weight) {
        if (input.rank() != 3 || weight.rank() != 3) {
            throw new ShapeException(
                    "expected an input [batch, channels, length] and a weight [channels, 1, kernel], found " + input
                            + " and " + weight + "; check the model, or the shapes of its inputs");
        }
        boolean fit = weight.dim(0).mayEqual(input.dim(1)) && weight.dim(1).mayEqual(Dim.of(1));
        if (!fit || weight.dim(2).is(0)) {
            throw new ShapeException("input 1 \"weight\": expected [" + input.dim(1)
                    + ",1,kernel] with a kernel of 1 or " + "more, found " + weight + "; check the model");
        }
    }

    private static void checkPast(SymbolicShape past, SymbolicShape state) {
        for (int axis = 0; past.hasRank() && axis < 3; axis++) {
            if (past.rank() != 3 || !past.dim(axis).mayEqual(state.dim(axis))) {
                throw new ShapeException("input 3 \"past_state\": expected " + state + ", found " + past
                        + "; pass the present state of the call before");
            }
        }
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var w = run.input(1);
        check(SymbolicShape.of(x.shape()), SymbolicShape.of(w.shape()));
        int length = Planes.length(x.shape().dim(2));
        int kernel = Planes.length(w.shape().dim(2));
        long channels = x.shape().dim(1);
        var stateShape = Shape.of(x.shape().dim(0), channels, kernel - 1);
        if (run.has(PAST)) {
            checkPast(SymbolicShape.of(run.input(PAST).shape()), SymbolicShape.of(stateShape));
        }
        var bias = Conv.bias(run, BIAS, channels);
        var y = run.output(0, x.type(), x.shape());
        var present = run.output(1, x.type(), stateShape);
        for (long row = 0; row < x.shape().dim(0) * channels; row++) {
            var seen = new double[kernel - 1 + length];
            if (run.has(PAST)) {
                var past = Planes.read(run.input(PAST), row * (kernel - 1), kernel - 1);
                System.arraycopy(past, 0, seen, 0, past.length);
            }
            System.arraycopy(Planes.read(x, row * length, length), 0, seen, kernel - 1, length);
            var weights = Planes.read(w, row % channels * kernel, kernel);
            for (int t = 0; t < length; t++) {
                double sum = bias[(int) (row % channels)];
                for (int k = 0; k < kernel; k++) {
                    sum += weights[k] * seen[t + k];
                }
                y.setDouble(row * length + t, silu ? sum / (1 + Math.exp(-sum)) : sum);
            }
            for (int k = 0; k < kernel - 1; k++) {
                present.setDouble(row * (kernel - 1) + k, seen[length + k]);
            }
        }
    }
}
