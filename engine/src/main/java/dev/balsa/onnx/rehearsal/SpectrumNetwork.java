package dev.balsa.onnx.rehearsal;

/// Networks that judge a piece of sound of any length: spectra by convolution with waves, their logarithms by mel
/// bands, convolutions along time, recurrent layers both ways, the best of it all.
final class SpectrumNetwork {
    private final Network network;
    private final RecurrentLayers recurrent;

    private SpectrumNetwork(Network network) {
        this.network = network;
        recurrent = new RecurrentLayers(network);
    }

    static Network make() {
        var network = Network.ofOpset(13, false);
        new SpectrumNetwork(network).build();
        return network;
    }

    private void build() {
        var x = network.unsqueeze(network.input("sound", "batch=1", "samples=1024"), 1);
        var bands = levels(power(x));
        network.output(bands);
        var y = network.node("Relu", along(bands, 24, 32, 3));
        y = network.node("Tanh", along(y, 32, 32, 5));
        y = pooled(y);
        var lstm = recurrent.lstm(network.transpose(y, 2, 0, 1), 32, 16, 2, "", "");
        var states = network.transpose(lstm.get(0), 2, 0, 1, 3);
        var rows = network.reshape(states, 0, 0, 32);
        network.output(network.node("LogSoftmax", network.linear(rows, 32, 12)));
        network.output(judged(rows, y));
    }

    /// Squared sizes of spectra.
    private String power(String x) {
        var real = waves(x);
        var imaginary = waves(x);
        var two = network.number(2);
        return network.node("Add", network.node("Pow", real, two), network.node("Pow", imaginary, two));
    }

    private String waves(String x) {
        return network.op("Conv", x, network.weight(64, 33, 1, 64))
                .ints("dilations", 1)
                .with("group", 1)
                .ints("kernel_shape", 64)
                .ints("pads", 0, 0)
                .ints("strides", 32)
                .one();
    }

    /// Decibels below the loudest, by mel bands.
    private String levels(String power) {
        var turned = network.transpose(power, 0, 2, 1);
        var mel = network.node("MatMul", turned, network.scales(0.1, 33, 24));
        var clipped = network.node("Clip", mel, network.number(1e-10));
        var log = network.node("Mul", network.node("Log", clipped), network.number(4.3429));
        var most = network.op("ReduceMax", log)
                .ints("axes", 1, 2)
                .with("keepdims", 1)
                .one();
        var floor = network.node("Sub", most, network.number(80));
        return network.transpose(network.node("Max", log, floor), 0, 2, 1);
    }

    /// A convolution along time.
    private String along(String x, int in, int out, int kernel) {
        int pad = (kernel - 1) / 2;
        return network.op("Conv", x, network.weight((long) in * kernel, out, in, kernel), network.weight(4, out))
                .ints("kernel_shape", kernel)
                .ints("pads", pad, pad)
                .one();
    }

    private String pooled(String x) {
        return network.op("MaxPool", x)
                .ints("kernel_shape", 2)
                .ints("strides", 2)
                .one();
    }

    private String judged(String rows, String x) {
        var least = network.reduce("ReduceMin", rows, 1);
        var sum = network.reduce("ReduceSum", network.node("Abs", rows), 1);
        var length = network.reduce("ReduceL2", rows, 1);
        var shares = network.node("Div", sum, network.node("Add", length, network.number(1e-3)));
        var most = network.squeeze(network.node("GlobalMaxPool", x), 2);
        var joined = network.concat(1, network.squeeze(network.node("Sub", shares, least), 1), most);
        var loudest = network.squeeze(network.reduce("ReduceMax", rows, 1), 1);
        return network.node("Mean", network.gemm(joined, 64, 3), network.gemm(loudest, 32, 3));
    }
}
