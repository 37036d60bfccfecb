package dev.balsa.ir.window;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The greatest element of each window (ONNX MaxPool, opset 1 to 22), and where in the image it is.
///
/// Padding is less than every element; a window that sees nothing else gives the least value of the type. Where
/// elements are equal the first counts; a NaN is greater than everything. Indices are flat over the whole image tensor.
///
/// @param window how the window moves
/// @param columnMajor whether indices count the first spatial dimension fastest (attribute `storage_order`)
public record MaxPool(WindowAttributes window, boolean columnMajor) implements Pool {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("MaxPool")
            .in("X", types())
            .out("Y")
            .optionalOut("Indices")
            .reader(node -> new MaxPool(WindowAttributes.readPool(node), node.integer("storage_order", 0) != 0));

    private static Set<DataType> types() {
        var types = EnumSet.of(DataType.INT8, DataType.UINT8);
        types.addAll(Schema.FLOATS);
        return Set.copyOf(types);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var shape = outputShape(in);
        return List.of(in.type(0).withShape(shape), new TensorType(DataType.INT64, shape));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var geometry = geometry(x.shape());
        var shape = Pool.outputShape(x.shape(), geometry);
        var y = run.output(0, x.type(), shape);
        var indices = run.output(1, DataType.INT64, shape);
        long planes = y.size() == 0 ? 0 : x.shape().size(0, 2);
        for (long plane = 0; plane < planes; plane++) {
            pool(x, y, indices, geometry, plane);
        }
    }

    private void pool(Tensor x, Tensor y, Tensor indices, WindowGeometry geometry, long plane) {
        var image = Planes.read(x, plane * geometry.inputSize(), geometry.inputSize());
        var greatest = new double[geometry.outputSize()];
        var places = new int[greatest.length];
        Arrays.fill(
                greatest,
                x.type().isFloat() ? Double.NEGATIVE_INFINITY : x.type().minValue());
        Arrays.fill(places, -1);
        geometry.forEachTap((at, k, o) -> {
            if (places[o] < 0 || image[at] > greatest[o] || Double.isNaN(image[at]) && !Double.isNaN(greatest[o])) {
                greatest[o] = image[at];
                places[o] = at;
            }
        });
        Planes.write(y, plane * greatest.length, greatest);
        for (int o = 0; o < places.length; o++) {
            long inPlane = columnMajor ? columnMajor(geometry, Math.max(0, places[o])) : Math.max(0, places[o]);
            indices.setLong(plane * places.length + o, plane * image.length + inPlane);
        }
    }

    private static long columnMajor(WindowGeometry geometry, long rowMajor) {
        long index = 0;
        long rest = rowMajor;
        for (var axis : geometry.axes().reversed()) {
            index = index * axis.input() + rest % axis.input();
            rest /= axis.input();
        }
        return index;
    }
}
