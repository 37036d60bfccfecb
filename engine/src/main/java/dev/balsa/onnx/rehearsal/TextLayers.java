package dev.balsa.onnx.rehearsal;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;

/// Layers of networks for text, for tensors of batch, length and width.
final class TextLayers {
    private final Network network;
    private final Products products;
    private final int width;
    private final int heads;

    /// Layers of one width.
    ///
    /// @param heads how many vectors attention makes of a vector
    TextLayers(Network network, Products products, int width, int heads) {
        this.network = network;
        this.products = products;
        this.width = width;
        this.heads = heads;
    }

    /// A product with weights and a bias.
    String linear(String x, int in, int out) {
        return network.node("Add", network.weight(1, out), product(x, in, out));
    }

    /// A product with weights.
    String product(String x, int in, int out) {
        return switch (products) {
            case FLOATS -> network.product(x, in, out);
            case QUANTIZED -> {
                var layers = new QuantizedLayers(network);
                yield network.node("MatMul", layers.quantized(x, 0.04, 128), layers.weight(1, in, out));
            }
            case DYNAMIC -> dynamic(x, in, out);
        };
    }

    private String dynamic(String x, int in, int out) {
        var bytes = network.op("DynamicQuantizeLinear", x).several(3);
        var sums = network.node(
                "MatMulInteger",
                bytes.get(0),
                network.bytes(DataType.INT8, in, out),
                bytes.get(2),
                network.equal(DataType.INT8, 0));
        var scale = network.node("Mul", bytes.get(1), network.scales(0.005, 1));
        return network.node("Mul", network.cast(sums, DataType.FLOAT32), scale);
    }

    /// Normalised rows, by one operator.
    String normalized(String x) {
        return network.op("LayerNormalization", x, network.factors(width), network.weight(4, width))
                .with("axis", -1)
                .with("epsilon", 1e-5f)
                .one();
    }

    /// Normalised rows, step by step.
    String normalizedBySteps(String x) {
        var centred = network.node("Sub", x, network.reduce("ReduceMean", x, -1));
        var squares = network.node("Pow", centred, network.number(2));
        var deviation = network.node(
                "Sqrt", network.node("Add", network.reduce("ReduceMean", squares, -1), network.number(1e-5)));
        var scaled = network.node("Mul", network.node("Div", centred, deviation), network.factors(width));
        return network.node("Add", scaled, network.weight(4, width));
    }

    /// Rows divided by the root of their mean square.
    String rootMeanSquare(String x) {
        var squares = network.node("Pow", x, network.number(2));
        var mean = network.node("Add", network.reduce("ReduceMean", squares, -1), network.number(1e-5));
        var inverse = network.node("Div", network.number(1), network.node("Sqrt", mean));
        return network.node("Mul", network.factors(width), network.node("Mul", x, inverse));
    }

    /// GELU by the error function.
    String gelu(String x) {
        var error = network.node("Erf", network.node("Div", x, network.number(Math.sqrt(2))));
        var sum = network.node("Add", error, network.number(1));
        return network.node("Mul", network.node("Mul", x, sum), network.number(0.5));
    }

    /// GELU by the hyperbolic tangent.
    String geluTanh(String x) {
        var cube = network.node("Mul", network.node("Pow", x, network.number(3)), network.number(0.044715));
        var inner = network.node("Mul", network.node("Add", x, cube), network.number(Math.sqrt(2 / Math.PI)));
        var sum = network.node("Add", network.node("Tanh", inner), network.number(1));
        return network.node("Mul", network.node("Mul", x, network.number(0.5)), sum);
    }

    /// Vectors by heads: batch, head, length, size.
    String heads(String x, int count) {
        return network.transpose(apart(x, count), 0, 2, 1, 3);
    }

    /// The same with length last: batch, head, size, length.
    String turnedHeads(String x, int count) {
        return network.transpose(apart(x, count), 0, 2, 3, 1);
    }

    private String apart(String x, int count) {
        var shape = network.shape(
                network.length(x, 0), network.length(x, 1), network.integer(count), network.integer(width / heads));
        return network.node("Reshape", x, shape);
    }

    /// The heads put together again: batch, length, width.
    String joined(String x) {
        var turned = network.transpose(x, 0, 2, 1, 3);
        var shape = network.shape(network.length(turned, 0), network.length(turned, 1), network.integer(width));
        return network.node("Reshape", turned, shape);
    }

    /// Values weighted by how well their keys fit.
    ///
    /// @param turnedKeys with length last
    /// @param mask what is added to the products
    String attention(String queries, String turnedKeys, String values, String mask) {
        var root = network.number(Math.sqrt((double) width / heads));
        var scores = network.node("Div", network.node("MatMul", queries, turnedKeys), root);
        return network.node("MatMul", network.softmax(network.node("Add", scores, mask)), values);
    }

    /// A tensor as often as a computed shape says, where -1 keeps a dimension.
    ///
    /// @param rank the number of lengths
    String expanded(String x, String shape, int rank) {
        var ones = network.op("ConstantOfShape", network.integers(rank))
                .with("value", Network.proto("", Tensor.of(new long[] {1}, 1)))
                .one();
        var minus = network.node("Mul", ones, network.integer(-1));
        return network.node("Expand", x, network.node("Where", network.node("Equal", shape, minus), ones, shape));
    }
}
