package dev.balsa.onnx.rehearsal;

import java.util.Arrays;

/// Layers of networks for images, of floats.
final class ImageLayers {
    private final Network network;

    ImageLayers(Network network) {
        this.network = network;
    }

    /// A convolution with a square window, which keeps the sides but for its stride; with a bias.
    Image conv(Image x, int out, int kernel, int stride) {
        return conv(x, out, kernel, stride, 1, 1);
    }

    /// The same in groups of channels, with a dilation.
    Image conv(Image x, int out, int kernel, int stride, int group, int dilation) {
        int in = x.channels() / group;
        var weight = network.weight((long) in * kernel * kernel, out, in, kernel, kernel);
        return new Image(conv(x, weight, network.weight(4, out), kernel, stride, group, dilation), out);
    }

    private String conv(Image x, String weight, String bias, int kernel, int stride, int group, int dilation) {
        long pad = (long) (kernel - 1) / 2 * dilation;
        var conv = bias.isEmpty() ? network.op("Conv", x.value(), weight) : network.op("Conv", x.value(), weight, bias);
        return conv.ints("dilations", dilation, dilation)
                .with("group", group)
                .ints("kernel_shape", kernel, kernel)
                .ints("pads", pad, pad, pad, pad)
                .ints("strides", stride, stride)
                .one();
    }

    /// A convolution of each channel by itself.
    Image depthwise(Image x, int kernel, int stride) {
        return conv(x, x.channels(), kernel, stride, x.channels(), 1);
    }

    /// A convolution without a bias and a batch normalisation.
    Image convNorm(Image x, int out, int kernel, int stride, int group) {
        int in = x.channels() / group;
        var weight = network.weight((long) in * kernel * kernel, out, in, kernel, kernel);
        return norm(new Image(conv(x, weight, "", kernel, stride, group, 1), out));
    }

    Image norm(Image x) {
        int n = x.channels();
        return same(
                x,
                network.op(
                                "BatchNormalization",
                                x.value(),
                                network.factors(n),
                                network.weight(4, n),
                                network.weight(4, n),
                                network.factors(n))
                        .with("epsilon", 1e-5f)
                        .with("momentum", 0.9f)
                        .one());
    }

    /// A transposed convolution.
    Image up(Image x, int out, int kernel, int stride, int pad, int outputPadding) {
        var weight = network.weight((long) x.channels() * kernel, x.channels(), out, kernel, kernel);
        return new Image(
                network.op("ConvTranspose", x.value(), weight, network.weight(4, out))
                        .ints("kernel_shape", kernel, kernel)
                        .ints("pads", pad, pad, pad, pad)
                        .ints("output_padding", outputPadding, outputPadding)
                        .ints("strides", stride, stride)
                        .one(),
                out);
    }

    /// A function of each element, without attributes.
    Image each(String operator, Image x) {
        return same(x, network.node(operator, x.value()));
    }

    Image relu(Image x) {
        return each("Relu", x);
    }

    /// x times its sigmoid.
    Image silu(Image x) {
        return same(x, network.node("Mul", x.value(), network.node("Sigmoid", x.value())));
    }

    /// At least 0 and at most 6.
    Image relu6(Image x) {
        return same(x, network.node("Clip", x.value(), network.number(0), network.number(6)));
    }

    Image leaky(Image x) {
        return same(x, network.op("LeakyRelu", x.value()).with("alpha", 0.1f).one());
    }

    Image prelu(Image x) {
        return same(x, network.node("PRelu", x.value(), network.factors(x.channels(), 1, 1)));
    }

    Image add(Image x, Image y) {
        return same(x, network.node("Add", x.value(), y.value()));
    }

    Image mul(Image x, Image y) {
        return same(x, network.node("Mul", x.value(), y.value()));
    }

    Image concat(Image... images) {
        return new Image(
                network.concat(1, Arrays.stream(images).map(Image::value).toArray(String[]::new)),
                Arrays.stream(images).mapToInt(Image::channels).sum());
    }

    /// Channels from `from` up to before `to`.
    Image channels(Image x, int from, int to) {
        return new Image(network.slice(x.value(), 1, from, to), to - from);
    }

    /// A pool with a square window, `MaxPool` or `AveragePool`.
    Image pool(String operator, Image x, int kernel, int stride, int pad) {
        return same(
                x,
                network.op(operator, x.value())
                        .ints("kernel_shape", kernel, kernel)
                        .ints("pads", pad, pad, pad, pad)
                        .ints("strides", stride, stride)
                        .one());
    }

    /// Twice the sides, by factors.
    Image twice(Image x, String mode, String coordinates) {
        return same(
                x,
                network.op("Resize", x.value(), "", network.numbers(1, 1, 2, 2))
                        .with("mode", mode)
                        .with("coordinate_transformation_mode", coordinates)
                        .with("nearest_mode", "floor")
                        .one());
    }

    /// Channels weighted by a small network of their means (squeeze and excitation).
    ///
    /// @param mean the means of the channels, 1 x 1
    /// @param gate the function that makes weights, `Sigmoid` or `HardSigmoid`
    Image excite(Image x, String mean, String inner, String gate) {
        int few = Math.max(4, x.channels() / 4);
        var hidden = each(inner, conv(same(x, mean), few, 1, 1));
        return mul(x, each(gate, conv(hidden, x.channels(), 1, 1)));
    }

    String globalMean(Image x) {
        return network.node("GlobalAveragePool", x.value());
    }

    /// Channels of groups taken in turns.
    Image shuffle(Image x, int group, int height, int width) {
        int n = x.channels();
        var apart = network.reshape(x.value(), 1, group, n / group, height, width);
        return same(x, network.reshape(network.transpose(apart, 0, 2, 1, 3, 4), 1, n, height, width));
    }

    /// Classes by the means of channels.
    String classes(Image x, int count) {
        return network.gemm(network.op("Flatten", globalMean(x)).with("axis", 1).one(), x.channels(), count);
    }

    Image same(Image x, String value) {
        return new Image(value, x.channels());
    }
}
