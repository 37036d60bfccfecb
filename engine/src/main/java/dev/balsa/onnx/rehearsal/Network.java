package dev.balsa.onnx.rehearsal;

import dev.balsa.onnx.ElementTypes;
import dev.balsa.onnx.proto.GraphProto;
import dev.balsa.onnx.proto.ModelProto;
import dev.balsa.onnx.proto.NodeProto;
import dev.balsa.onnx.proto.OperatorSetIdProto;
import dev.balsa.onnx.proto.TensorProto;
import dev.balsa.onnx.proto.ValueInfoProto;
import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;

/// A model in the making, or the graph of a branch or loop: values are known by their names. For one thread.
///
/// Where operator sets differ in how a node is written ([#unsqueeze], [#slice] and the like), it is written as the
/// network's set has it.
public final class Network {
    private static final DataType FLOAT = DataType.FLOAT32;

    private final int opset;
    private final boolean constantNodes;
    private final Random random;
    private final AtomicInteger names;
    private final List<NetworkInput> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final List<NodeProto> nodes = new ArrayList<>();
    private final List<TensorProto> initializers = new ArrayList<>();

    private Network(int opset, boolean constantNodes, Random random, AtomicInteger names) {
        this.opset = opset;
        this.constantNodes = constantNodes;
        this.random = random;
        this.names = names;
    }

    /// A model of an operator set of ai.onnx.
    ///
    /// @param constantNodes whether small constants are nodes, as PyTorch writes them, and no initialisers
    static Network ofOpset(int opset, boolean constantNodes) {
        return new Network(opset, constantNodes, new Random(opset), new AtomicInteger());
    }

    /// A graph for an attribute of a node of this one, whose values it may use.
    Network inner() {
        return new Network(opset, constantNodes, random, names);
    }

    /// The inputs, in order.
    public List<NetworkInput> inputs() {
        return List.copyOf(inputs);
    }

    /// The model file's contents.
    public ModelProto model() {
        var sets = List.of(new OperatorSetIdProto("", opset), new OperatorSetIdProto("com.microsoft", 1));
        return new ModelProto(8, "balsa", "", "", 0, "", graph(), sets, List.of(), List.of(), UnknownFields.NONE);
    }

    GraphProto graph() {
        return new GraphProto(
                nodes,
                "rehearsal",
                initializers,
                "",
                inputs.stream().map(NetworkInput::proto).toList(),
                outputs.stream()
                        .map(name -> new ValueInfoProto(name, Optional.empty(), "", List.of(), UnknownFields.NONE))
                        .toList(),
                List.of(),
                List.of(),
                List.of(),
                UnknownFields.NONE);
    }

    /// A name that no value has yet.
    String fresh(String stem) {
        return stem + "_" + names.incrementAndGet();
    }

    void add(NodeProto node) {
        nodes.add(node);
    }

    /// An input of floats; dimensions as [NetworkInput#dims] has them.
    String input(String name, String... dims) {
        return input(name, FLOAT, 0, dims);
    }

    /// An input of integers less than a bound.
    String indices(String name, int bound, String... dims) {
        return input(name, DataType.INT64, bound, dims);
    }

    String input(String name, DataType type, int bound, String... dims) {
        inputs.add(new NetworkInput(name, type, List.of(dims), bound));
        return name;
    }

    void output(String... values) {
        outputs.addAll(List.of(values));
    }

    /// A node without attributes, with one output.
    String node(String operator, String... operands) {
        return op(operator, operands).one();
    }

    Operation op(String operator, String... operands) {
        return new Operation(this, operator, operands);
    }

    /// Random weights of mean 0, the smaller the more of them are summed up.
    ///
    /// @param summed how many products make a sum
    String weight(long summed, long... dims) {
        double scale = 1.5 / Math.sqrt((double) summed);
        return initializer(filled(FLOAT, dims, () -> random.nextGaussian() * scale));
    }

    /// Random numbers around 1.
    String factors(long... dims) {
        return scales(1, dims);
    }

    /// Random positive numbers.
    ///
    /// @param mean what they are around
    String scales(double mean, long... dims) {
        return initializer(filled(FLOAT, dims, () -> mean * (random.nextDouble() + 0.5)));
    }

    /// Random integers of 8 bits, most of them small.
    String bytes(DataType type, long... dims) {
        int middle = type == DataType.UINT8 ? 128 : 0;
        return initializer(filled(type, dims, () -> Math.rint(middle + random.nextGaussian() * 20)));
    }

    /// A tensor of equal elements.
    String equal(DataType type, double value, long... dims) {
        return initializer(filled(type, dims, () -> value));
    }

    private static Tensor filled(DataType type, long[] dims, DoubleSupplier values) {
        var tensor = Tensor.allocate(type, Shape.of(dims));
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setDouble(i, values.getAsDouble());
        }
        return tensor;
    }

    /// One float.
    String number(double value) {
        return small(Tensor.of(new float[] {(float) value}));
    }

    /// A vector of floats.
    String numbers(float... values) {
        return small(Tensor.of(values, values.length));
    }

    /// One integer.
    String integer(long value) {
        return small(Tensor.of(new long[] {value}));
    }

    /// A vector of integers.
    String integers(long... values) {
        return small(Tensor.of(values, values.length));
    }

    private String small(Tensor tensor) {
        return constantNodes ? op("Constant").with("value", proto("", tensor)).one() : initializer(tensor);
    }

    private String initializer(Tensor tensor) {
        var name = fresh("weight");
        boolean isTyped = opset < 10 && (tensor.type() == FLOAT || tensor.type() == DataType.INT64);
        initializers.add(isTyped ? TypedElements.proto(name, tensor) : proto(name, tensor));
        return name;
    }

    static TensorProto proto(String name, Tensor tensor) {
        return new TensorProto(
                name, ElementTypes.number(tensor.type()), tensor.shape().toList(), tensor.memory());
    }

    /// The length of a dimension, as PyTorch's exporter asks for it.
    String length(String value, int axis) {
        return op("Gather", node("Shape", value), integer(axis)).with("axis", 0).one();
    }

    /// A vector of lengths of rank 0 and constants.
    String shape(String... lengths) {
        var vectors = Arrays.stream(lengths).map(length -> unsqueeze(length, 0)).toArray(String[]::new);
        return concat(0, vectors);
    }

    String concat(int axis, String... values) {
        return op("Concat", values).with("axis", axis).one();
    }

    String transpose(String value, long... order) {
        return op("Transpose", value).ints("perm", order).one();
    }

    String reshape(String value, long... shape) {
        return node("Reshape", value, integers(shape));
    }

    String unsqueeze(String value, long... axes) {
        return axes("Unsqueeze", 13, value, axes).one();
    }

    String squeeze(String value, long... axes) {
        return axes("Squeeze", 13, value, axes).one();
    }

    /// A reduction that keeps the dimensions.
    String reduce(String operator, String value, long... axes) {
        return axes(operator, operator.equals("ReduceSum") ? 13 : 18, value, axes)
                .with("keepdims", 1)
                .one();
    }

    /// An operator whose axes are an input from an operator set on, and were an attribute before.
    private Operation axes(String operator, int since, String value, long... axes) {
        return opset < since ? op(operator, value).ints("axes", axes) : op(operator, value, integers(axes));
    }

    String cast(String value, DataType type) {
        return op("Cast", value).with("to", ElementTypes.number(type)).one();
    }

    /// Elements of one axis, from `from` up to before `to`.
    String slice(String value, int axis, long from, long to) {
        return slice(value, axis, from, to, 1);
    }

    String slice(String value, int axis, long from, long to, long step) {
        if (opset < 10) {
            return op("Slice", value)
                    .ints("axes", axis)
                    .ints("starts", from)
                    .ints("ends", to)
                    .one();
        }
        return step == 1
                ? node("Slice", value, integers(from), integers(to), integers(axis))
                : node("Slice", value, integers(from), integers(to), integers(axis), integers(step));
    }

    /// Parts of these lengths along an axis.
    List<String> split(String value, int axis, long... lengths) {
        var split = opset < 13 ? op("Split", value).ints("split", lengths) : op("Split", value, integers(lengths));
        return split.with("axis", axis).several(lengths.length);
    }

    String softmax(String value) {
        return op("Softmax", value).with("axis", opset < 13 ? 3 : -1).one();
    }

    /// The product with a constant matrix.
    String product(String value, long in, long out) {
        return node("MatMul", value, weight(in, in, out));
    }

    /// The same, and a bias.
    String linear(String value, long in, long out) {
        return node("Add", product(value, in, out), weight(1, out));
    }

    /// A layer for rows, as `torch.nn.Linear` is written for matrices.
    String gemm(String value, long in, long out) {
        return op("Gemm", value, weight(in, out, in), weight(1, out))
                .with("alpha", 1f)
                .with("beta", 1f)
                .with("transB", 1)
                .one();
    }

    /// Integers from 0 on, as a constant.
    String counting(long count) {
        return integers(LongStream.range(0, count).toArray());
    }
}
