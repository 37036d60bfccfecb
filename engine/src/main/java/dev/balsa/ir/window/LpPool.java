package dev.balsa.ir.window;

import dev.balsa.error.ModelFormatException;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;

/// The p-norm of each window (ONNX LpPool, opset 1 to 22).
///
/// @param window how the window moves
/// @param p the exponent
public record LpPool(WindowAttributes window, double p) implements Pool {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("LpPool")
            .in("X", Schema.FLOATS)
            .out("Y")
            .reader(node -> new LpPool(WindowAttributes.readPool(node), exponent(node)));

    /// Checks that the exponent is positive.
    public LpPool {
        checkExponent(p);
    }

    static void checkExponent(double p) {
        if (!(p > 0)) {
            throw new ModelFormatException(
                    "attribute \"p\": expected an exponent above 0, found " + p + "; check the model");
        }
    }

    /// Attribute `p`: a float in opset 1, an integer since.
    static double exponent(NodeReader node) {
        return node.opset() < 2 ? node.real("p", 2) : node.integer("p", 2);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var geometry = geometry(x.shape());
        var y = run.output(0, x.type(), Pool.outputShape(x.shape(), geometry));
        long planes = y.size() == 0 ? 0 : x.shape().size(0, 2);
        for (long plane = 0; plane < planes; plane++) {
            var image = Planes.read(x, plane * geometry.inputSize(), geometry.inputSize());
            var sums = new double[geometry.outputSize()];
            geometry.forEachTap((at, k, o) -> sums[o] += Math.pow(Math.abs(image[at]), p));
            for (int o = 0; o < sums.length; o++) {
                sums[o] = Math.pow(sums[o], 1 / p);
            }
            Planes.write(y, plane * sums.length, sums);
        }
    }
}
