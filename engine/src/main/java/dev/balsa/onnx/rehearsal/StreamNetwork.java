package dev.balsa.onnx.rehearsal;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;

/// A network that takes the noise out of a sound frame by frame, exported without simplification: caches of what
/// came before, of which parts are overwritten, shapes asked for though they are known, recurrent layers along
/// frequencies and time, masks of complex numbers.
final class StreamNetwork {
    private static final int BANDS = 33;
    private static final int CHANNELS = 16;
    private static final int LOW = 17;

    private final Network network;
    private final ImageLayers layers;
    private final RecurrentLayers recurrent;

    private StreamNetwork(Network network) {
        this.network = network;
        layers = new ImageLayers(network);
        recurrent = new RecurrentLayers(network);
    }

    static Network make() {
        var network = Network.ofOpset(11, true);
        new StreamNetwork(network).build();
        return network;
    }

    private void build() {
        var frame = network.input("mix", "1", "33", "1", "2");
        var cache = network.input("conv_cache", "2", "1", "16", "2", "17");
        var states = network.input("inter_cache", "1", "17", "16");
        var real = part(frame, 0);
        var imaginary = part(frame, 1);
        var x = new Image(
                network.concat(
                        1,
                        network.unsqueeze(size(real, imaginary), 1),
                        network.unsqueeze(real, 1),
                        network.unsqueeze(imaginary, 1)),
                3);
        x = unfolded(layers.same(x, network.product(x.value(), BANDS, LOW)));
        x = layers.prelu(layers.norm(strip(x, CHANNELS, 1)));
        var past = part(cache, 0, 0);
        var joined = network.concat(2, past, x.value());
        network.output(written(written(cache, 0, network.slice(joined, 2, 1, 3)), 1, network.slice(joined, 2, 0, 2)));
        var deep = layers.prelu(layers.norm(tall(new Image(joined, CHANNELS))));
        x = layers.add(x, gated(deep));
        x = along(x, states);
        x = layers.each("Tanh", layers.norm(narrow(x)));
        var mask = network.product(x.value(), LOW, BANDS);
        network.output(masked(mask, real, imaginary));
    }

    /// One of the last dimension, with frames before bands.
    private String part(String frame, int index) {
        var picked = network.op("Gather", frame, network.integer(index))
                .with("axis", 3)
                .one();
        return network.transpose(picked, 0, 2, 1);
    }

    private String part(String x, int axis, int index) {
        return network.op("Gather", x, network.integer(index))
                .with("axis", axis)
                .one();
    }

    private String size(String real, String imaginary) {
        var two = network.number(2);
        var sum = network.node("Add", network.node("Pow", real, two), network.node("Pow", imaginary, two));
        return network.node("Sqrt", network.node("Add", sum, network.number(1e-12)));
    }

    /// Neighbouring bands as channels, by indices into padded ones.
    private Image unfolded(Image x) {
        var pads = network.cast(network.integers(0, 0, 0, 1, 0, 0, 0, 1), DataType.INT64);
        var padded = network.op("Pad", x.value(), pads, network.number(0))
                .with("mode", "constant")
                .one();
        var first = network.node("Range", network.integer(0), network.integer(LOW), network.integer(1));
        var shifts = network.node("Range", network.integer(0), network.integer(3), network.integer(1));
        var places = network.node("Add", network.unsqueeze(shifts, 1), network.unsqueeze(first, 0));
        var windows = network.op("Gather", padded, places).with("axis", 3).one();
        var turned = network.transpose(windows, 0, 1, 3, 2, 4);
        var shape = network.shape(
                network.length(x.value(), 0),
                network.node("Mul", network.length(x.value(), 1), network.integer(3)),
                network.length(x.value(), 2),
                network.length(x.value(), 3));
        return new Image(network.node("Reshape", turned, shape), x.channels() * 3);
    }

    /// A convolution along bands.
    private Image strip(Image x, int out, int group) {
        int in = x.channels() / group;
        return new Image(
                network.op("Conv", x.value(), network.weight(in * 5L, out, in, 1, 5), network.weight(4, out))
                        .with("group", group)
                        .ints("kernel_shape", 1, 5)
                        .ints("pads", 0, 2, 0, 2)
                        .one(),
                out);
    }

    /// A depthwise convolution over three frames, which leaves one.
    private Image tall(Image x) {
        int n = x.channels();
        return layers.same(
                x,
                network.op("Conv", x.value(), network.weight(9, n, 1, 3, 3), network.weight(4, n))
                        .ints("dilations", 1, 1)
                        .with("group", n)
                        .ints("kernel_shape", 3, 3)
                        .ints("pads", 0, 1, 0, 1)
                        .one());
    }

    private Image narrow(Image x) {
        var weight = network.weight(x.channels() * 3L, x.channels(), 2, 1, 3);
        return new Image(
                network.op("ConvTranspose", x.value(), weight, network.weight(4, 2))
                        .with("group", 1)
                        .ints("kernel_shape", 1, 3)
                        .ints("pads", 0, 1, 0, 1)
                        .ints("strides", 1, 1)
                        .one(),
                2);
    }

    /// Weighted by a recurrent layer's view of the energy of each channel.
    private Image gated(Image x) {
        var energy = network.op("ReduceMean", network.node("Pow", x.value(), network.number(2)))
                .ints("axes", 3)
                .with("keepdims", 0)
                .one();
        var sequence = network.transpose(energy, 2, 0, 1);
        var zeros = network.op(
                        "ConstantOfShape",
                        network.shape(network.integer(1), network.length(energy, 0), network.integer(CHANNELS)))
                .with("value", Network.proto("", Tensor.of(new float[] {0}, 1)))
                .one();
        var all = network.squeeze(
                recurrent.gru(sequence, CHANNELS, CHANNELS, 1, zeros).get(0), 1);
        var rows = network.linear(network.transpose(all, 1, 0, 2), CHANNELS, CHANNELS);
        var weights = network.unsqueeze(network.transpose(network.node("Sigmoid", rows), 0, 2, 1), 3);
        return layers.same(x, network.node("Mul", x.value(), weights));
    }

    /// Recurrent layers along bands and along time.
    private Image along(Image x, String states) {
        var rows = network.transpose(x.value(), 0, 2, 3, 1);
        var text = new TextLayers(network, Products.FLOATS, CHANNELS, 1);
        var flat = network.node(
                "Reshape",
                rows,
                network.shape(
                        network.node("Mul", network.length(rows, 0), network.length(rows, 1)),
                        network.length(rows, 2),
                        network.length(rows, 3)));
        var both = recurrent
                .gru(network.transpose(flat, 1, 0, 2), CHANNELS, CHANNELS / 2, 2, "")
                .get(0);
        var merged = network.reshape(network.transpose(both, 0, 2, 1, 3), 0, 0, -1);
        var near = network.linear(network.transpose(merged, 1, 0, 2), CHANNELS, CHANNELS);
        var y = network.node("Add", flat, text.normalizedBySteps(near));
        var time = recurrent.gru(network.reshape(y, 1, LOW, CHANNELS), CHANNELS, CHANNELS, 1, states);
        network.output(time.get(1));
        var far = network.linear(network.squeeze(time.get(0), 1), CHANNELS, CHANNELS);
        var result = network.node("Add", y, text.normalizedBySteps(network.reshape(far, 1, LOW, CHANNELS)));
        return layers.same(x, network.transpose(network.unsqueeze(result, 1), 0, 3, 1, 2));
    }

    /// A tensor with one entry of its first dimension overwritten, as PyTorch writes an assignment to it.
    private String written(String x, int index, String update) {
        var text = new TextLayers(network, Products.FLOATS, CHANNELS, 1);
        var lengths = network.shape(
                network.integer(1),
                network.length(x, 1),
                network.length(x, 2),
                network.length(x, 3),
                network.length(x, 4));
        var rest = network.unsqueeze(update, 0);
        var all = text.expanded(rest, lengths, 5);
        var one = network.unsqueeze(network.length(rest, 0), 0);
        var places = network.unsqueeze(network.node("Expand", network.integers(index), one), 1);
        return network.node("ScatterND", x, places, all);
    }

    /// The product of complex numbers.
    private String masked(String mask, String real, String imaginary) {
        var a = part(mask, 1, 0);
        var b = part(mask, 1, 1);
        var first = network.node("Sub", network.node("Mul", real, a), network.node("Mul", imaginary, b));
        var second = network.node("Add", network.node("Mul", imaginary, a), network.node("Mul", real, b));
        return network.transpose(
                network.concat(1, network.unsqueeze(first, 1), network.unsqueeze(second, 1)), 0, 3, 2, 1);
    }
}
