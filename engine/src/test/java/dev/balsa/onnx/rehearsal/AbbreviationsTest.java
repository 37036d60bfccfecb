package dev.balsa.onnx.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.balsa.Model;
import dev.balsa.Options;
import dev.balsa.Seeds;
import dev.balsa.error.BalsaException;
import dev.balsa.onnx.abbreviation.Abbreviations;
import dev.balsa.onnx.proto.OnnxWriter;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Operators that are spelled out give what ONNX Runtime gives, whose operators they are, on random inputs.
class AbbreviationsTest {
    private static final int CASES = 12;
    private static final int MOST_INTEGER_DIFFERENCE = 1;
    /// Of the largest result: sums of some dozens of products, in another order.
    private static final double TOLERANCE = 2e-5;

    private static final DataType BYTE = DataType.UINT8;
    private static final DataType SIGNED = DataType.INT8;

    @TempDir
    Path folder;

    private interface Maker {
        /// Adds a node and its inputs.
        ///
        /// @return the outputs that are wanted
        List<String> make(Network network, Random random);
    }

    private static final Map<String, Maker> MAKERS = makers();

    private static Map<String, Maker> makers() {
        var all = new HashMap<String, Maker>();
        all.put("Gelu", (n, r) -> op(n, "Gelu", n.input("x", "3", "7")).several(1));
        all.put(
                "BiasGelu",
                (n, r) -> op(n, "BiasGelu", n.input("x", "3", "7"), n.weight(1, 7))
                        .several(1));
        all.put(
                "FastGelu",
                (n, r) -> op(n, "FastGelu", n.input("x", "3", "7"), r.nextBoolean() ? n.weight(1, 7) : "")
                        .several(1));
        all.put(
                "QuickGelu",
                (n, r) -> op(n, "QuickGelu", n.input("x", "3", "7"))
                        .with("alpha", r.nextBoolean() ? 1.702F : 1F)
                        .several(1));
        all.put(
                "SimplifiedLayerNormalization",
                (n, r) -> n.op("SimplifiedLayerNormalization", n.input("x", "2", "3", "8"), n.factors(8))
                        .with("epsilon", 1e-3F)
                        .with("axis", -1)
                        .with("stash_type", 1)
                        .several(1));
        all.put("SkipLayerNormalization", AbbreviationsTest::skip);
        all.put("SkipSimplifiedLayerNormalization", AbbreviationsTest::skipSimplified);
        all.put("EmbedLayerNormalization", AbbreviationsTest::embed);
        all.put("FusedMatMul", AbbreviationsTest::matMul);
        all.put("FusedConv", AbbreviationsTest::conv);
        all.put("MatMulIntegerToFloat", AbbreviationsTest::integerToFloat);
        all.put("DynamicQuantizeMatMul", AbbreviationsTest::dynamicQuantize);
        all.put("QLinearMul", (n, r) -> two(n, r, "QLinearMul"));
        all.put("QLinearConcat", AbbreviationsTest::concat);
        all.put("QLinearAdd", (n, r) -> two(n, r, "QLinearAdd"));
        all.put(
                "LayerNormalization",
                (n, r) -> n.op("LayerNormalization", n.input("x", "2", "3", "8"), n.factors(8), n.weight(1, 8))
                        .with("epsilon", 1e-5F)
                        .several(1));
        all.put("QGemm", AbbreviationsTest::gemm);
        all.put(
                "QLinearLeakyRelu",
                (n, r) -> image(n, r, "QLinearLeakyRelu", 0.02)
                        .with("alpha", 0.2F)
                        .several(1));
        all.put("QLinearSigmoid", (n, r) -> image(n, r, "QLinearSigmoid", 0.004).several(1));
        all.put(
                "QLinearSoftmax",
                (n, r) -> image(n, r, "QLinearSoftmax", 1 / 256.0)
                        .with("axis", r.nextBoolean() ? -1 : 1)
                        .with("opset", 13)
                        .several(1));
        all.put(
                "QLinearAveragePool",
                (n, r) -> image(n, r, "QLinearAveragePool", 0.02)
                        .ints("kernel_shape", 2, 3)
                        .ints("strides", 1, 2)
                        .ints("pads", 0, 1, 1, 1)
                        .with("count_include_pad", r.nextInt(2))
                        .several(1));
        all.put(
                "QLinearGlobalAveragePool",
                (n, r) -> image(n, r, "QLinearGlobalAveragePool", 0.01)
                        .with("channels_last", r.nextInt(2))
                        .several(1));
        all.put("RotaryEmbedding", AbbreviationsTest::rotary);
        all.put("MultiHeadAttention", AbbreviationsTest::multiHead);
        all.put("Attention", AbbreviationsTest::attention);
        all.put("QAttention", AbbreviationsTest::quantizedAttention);
        all.put("GroupQueryAttention", AbbreviationsTest::groups);
        all.put("MatMulNBits", AbbreviationsTest::nibbles);
        return all;
    }

    static Stream<String> operators() {
        return MAKERS.keySet().stream().sorted();
    }

    private static Operation op(Network network, String operator, String... inputs) {
        return network.op(operator, inputs).domain("com.microsoft");
    }

    private static String scale(Network network, double scale) {
        return network.equal(DataType.FLOAT32, scale);
    }

    private static String zero(Network network, DataType type, Random random) {
        return network.equal(type, type == BYTE ? random.nextInt(256) : random.nextInt(20) - 10);
    }

    private static Operation image(Network n, Random r, String operator, double result) {
        var x = n.input("x", BYTE, 256, "2", "3", "5", "7");
        return op(n, operator, x, scale(n, 0.02), zero(n, BYTE, r), scale(n, result), n.equal(BYTE, r.nextInt(100)));
    }

    private static List<String> skip(Network n, Random r) {
        var x = n.input("x", "batch=2", "3", "8");
        var skip = n.input("skip", "batch=2", "3", "8");
        var gamma = n.factors(8);
        var beta = r.nextBoolean() ? n.weight(1, 8) : "";
        var bias = r.nextBoolean() ? n.weight(1, 8) : "";
        var operation =
                op(n, "SkipLayerNormalization", x, skip, gamma, beta, bias).with("epsilon", 1e-5F);
        return operation.to(r.nextBoolean() ? List.of("y") : List.of("y", "", "", "sum"));
    }

    private static List<String> skipSimplified(Network n, Random r) {
        var x = n.input("x", "batch=2", "3", "8");
        var skip = n.input("skip", "batch=2", "3", "8");
        return op(n, "SkipSimplifiedLayerNormalization", x, skip, n.factors(8), r.nextBoolean() ? n.weight(1, 8) : "")
                .with("epsilon", 1e-5F)
                .to(List.of("y", "", "", "sum"));
    }

    private static List<String> embed(Network n, Random r) {
        boolean hasSegments = r.nextBoolean();
        var ids = n.input("ids", DataType.INT32, 11, "batch=2", "length=5");
        var segments = hasSegments ? n.input("segments", DataType.INT32, 2, "batch=2", "length=5") : "";
        var mask = r.nextBoolean() ? n.input("mask", DataType.INT32, 2, "batch=2", "length=5") : "";
        var words = n.weight(1, 11, 8);
        var places = n.weight(1, 9, 8);
        var kinds = hasSegments ? n.weight(1, 2, 8) : "";
        return op(n, "EmbedLayerNormalization", ids, segments, words, places, kinds, n.factors(8), n.weight(1, 8), mask)
                .with("epsilon", 1e-5F)
                .to(List.of("y", "counts", "sum"));
    }

    /// Batches of 2 times 3 matrices.
    private static List<String> matMul(Network n, Random r) {
        boolean[] turns = {r.nextBoolean(), r.nextBoolean(), r.nextInt(3) == 0, r.nextInt(3) == 0};
        var a = n.input("a", dims(turns[0], turns[2], "4", "5"));
        var b = n.input("b", dims(turns[1], turns[3], "5", "6"));
        return op(n, "FusedMatMul", a, b)
                .with("alpha", r.nextBoolean() ? 1F : 0.125F)
                .with("transA", turns[0] ? 1 : 0)
                .with("transB", turns[1] ? 1 : 0)
                .with("transBatchA", turns[2] ? 1 : 0)
                .with("transBatchB", turns[3] ? 1 : 0)
                .several(1);
    }

    private static String[] dims(boolean isTurned, boolean isBatchTurned, String rows, String columns) {
        var first = isTurned ? columns : rows;
        var last = isTurned ? rows : columns;
        return isBatchTurned ? new String[] {first, "2", "3", last} : new String[] {"2", "3", first, last};
    }

    private static List<String> conv(Network n, Random r) {
        boolean sums = r.nextInt(3) == 0;
        var activations = List.of("Relu", "Tanh", "Sigmoid", "LeakyRelu", "HardSigmoid", "Clip");
        var activation = sums ? "Relu" : activations.get(r.nextInt(activations.size()));
        var x = n.input("x", "1", "4", "6", "6");
        var z = sums ? n.input("z", "1", "8", "4", "4") : "";
        var operation = op(n, "FusedConv", x, n.weight(36, 8, 4, 3, 3), n.weight(1, 8), z)
                .ints("kernel_shape", 3, 3)
                .with("activation", activation);
        return switch (activation) {
            case "LeakyRelu" -> operation.floats("activation_params", 0.1F).several(1);
            case "HardSigmoid" ->
                operation.floats("activation_params", 0.3F, 0.4F).several(1);
            case "Clip" -> operation.floats("activation_params", -0.2F, 0.3F).several(1);
            default -> operation.several(1);
        };
    }

    private static List<String> integerToFloat(Network n, Random r) {
        boolean isWhole = r.nextBoolean();
        var a = n.input("a", BYTE, 256, "3", "16");
        var b = n.bytes(SIGNED, 16, 5);
        var scale = isWhole ? scale(n, 0.01) : n.scales(0.01, 5);
        var zeroA = zero(n, BYTE, r);
        var zeroB = r.nextBoolean() ? "" : isWhole ? zero(n, SIGNED, r) : n.bytes(SIGNED, 5);
        var bias = r.nextBoolean() ? n.weight(1, 5) : "";
        return op(n, "MatMulIntegerToFloat", a, b, scale(n, 0.02), scale, zeroA, zeroB, bias)
                .several(1);
    }

    private static List<String> dynamicQuantize(Network n, Random r) {
        boolean isWhole = r.nextBoolean();
        var a = n.input("a", "3", "16");
        var b = n.bytes(SIGNED, 16, 5);
        var scale = isWhole ? scale(n, 0.01) : n.scales(0.01, 5);
        var zero = r.nextBoolean() ? "" : isWhole ? zero(n, SIGNED, r) : n.bytes(SIGNED, 5);
        return op(n, "DynamicQuantizeMatMul", a, b, scale, zero, r.nextBoolean() ? n.weight(1, 5) : "")
                .several(1);
    }

    private static List<String> two(Network n, Random r, String operator) {
        var a = n.input("a", BYTE, 256, "2", "5");
        var b = n.input("b", BYTE, 256, r.nextBoolean() ? "2" : "1", "5");
        var zeros = List.of(zero(n, BYTE, r), zero(n, BYTE, r), zero(n, BYTE, r));
        return op(
                        n,
                        operator,
                        a,
                        scale(n, 0.02),
                        zeros.get(0),
                        b,
                        scale(n, 0.03),
                        zeros.get(1),
                        scale(n, 0.05),
                        zeros.get(2))
                .several(1);
    }

    private static List<String> concat(Network n, Random r) {
        var a = n.input("a", BYTE, 256, "2", "5");
        var b = n.input("b", BYTE, 256, "2", "3");
        var zeros = List.of(zero(n, BYTE, r), zero(n, BYTE, r), zero(n, BYTE, r));
        return op(
                        n,
                        "QLinearConcat",
                        scale(n, 0.03),
                        zeros.get(0),
                        a,
                        scale(n, 0.02),
                        zeros.get(1),
                        b,
                        scale(n, 0.04),
                        zeros.get(2))
                .with("axis", 1)
                .several(1);
    }

    private static List<String> gemm(Network n, Random r) {
        boolean a = r.nextBoolean();
        boolean b = r.nextBoolean();
        boolean isQuantized = r.nextBoolean();
        return op(
                        n,
                        "QGemm",
                        n.input("a", BYTE, 256, a ? "8" : "3", a ? "3" : "8"),
                        scale(n, 0.02),
                        zero(n, BYTE, r),
                        n.bytes(SIGNED, b ? 5 : 8, b ? 8 : 5),
                        scale(n, 0.03),
                        zero(n, SIGNED, r),
                        r.nextBoolean() ? n.equal(DataType.INT32, 77, 5) : "",
                        isQuantized ? scale(n, 0.05) : "",
                        isQuantized ? zero(n, BYTE, r) : "")
                .with("alpha", r.nextBoolean() ? 1F : 0.5F)
                .with("transA", a ? 1 : 0)
                .with("transB", b ? 1 : 0)
                .several(1);
    }

    private static List<String> rotary(Network n, Random r) {
        boolean isPacked = r.nextBoolean();
        var x = isPacked ? n.input("x", "batch=2", "length=3", "16") : n.input("x", "batch=2", "2", "length=3", "8");
        var positions = r.nextBoolean()
                ? n.input("at", DataType.INT64, 9, "batch=2", "length=3")
                : n.input("at", DataType.INT64, 6, "1");
        return op(n, "RotaryEmbedding", x, positions, n.weight(1, 9, 4), n.weight(1, 9, 4))
                .with("interleaved", r.nextInt(2))
                .with("scale", 1F)
                .several(1);
    }

    private static List<String> multiHead(Network n, Random r) {
        var query = n.input("q", "batch=2", "3", "16");
        boolean isPacked = r.nextInt(4) == 0;
        boolean hasPast = !isPacked && r.nextInt(3) == 0;
        int keys = hasPast || r.nextBoolean() ? 3 : 5;
        var length = Integer.toString(keys);
        var key = isPacked ? n.input("kv", "batch=2", length, "2", "2", "8") : n.input("k", "batch=2", length, "16");
        var value = isPacked ? "" : n.input("v", "batch=2", length, "16");
        var bias = isPacked || r.nextBoolean() ? "" : n.weight(1, 48);
        int total = hasPast ? keys + 4 : keys;
        var mask = isPacked || r.nextBoolean()
                ? ""
                : n.input("mask", DataType.INT32, 2, "batch=2", Integer.toString(total));
        var added = isPacked || r.nextBoolean() ? "" : n.input("bias", "2", "2", "3", Integer.toString(total));
        var pastKey = hasPast ? n.input("pk", "batch=2", "2", "4", "8") : "";
        var pastValue = hasPast ? n.input("pv", "batch=2", "2", "4", "8") : "";
        var operation = op(n, "MultiHeadAttention", query, key, value, bias, mask, added, pastKey, pastValue)
                .with("num_heads", 2)
                .with("unidirectional", !hasPast && keys == 3 ? r.nextInt(2) : 0);
        return hasPast ? operation.several(3) : operation.several(1);
    }

    private static List<String> attention(Network n, Random r) {
        var x = n.input("x", "batch=2", "3", "12");
        boolean hasPast = r.nextInt(3) == 0;
        // ONNX Runtime 1.29 crashes where the bias is left out.
        var bias = n.weight(1, 48);
        var past = hasPast ? n.input("past", "2", "batch=2", "2", "4", "8") : "";
        var mask = mask(n, r, hasPast ? 7 : 3, !hasPast);
        var operation = op(n, "Attention", x, n.weight(12, 12, 48), bias, mask, past)
                .with("num_heads", 2)
                .with("unidirectional", r.nextInt(2));
        return hasPast ? operation.several(2) : operation.several(1);
    }

    private static String mask(Network n, Random r, int keys, boolean mayBeLengths) {
        return switch (r.nextInt(mayBeLengths ? 4 : 3)) {
            case 0 -> "";
            case 1 -> n.input("mask", DataType.INT32, 2, "batch=2", Integer.toString(keys));
            case 2 -> n.input("mask", DataType.INT32, 2, "batch=2", "3", Integer.toString(keys));
            default -> n.input("mask", DataType.INT32, 4, "batch=2");
        };
    }

    private static List<String> quantizedAttention(Network n, Random r) {
        var x = n.input("x", BYTE, 256, "batch=2", "3", "12");
        var weights = n.bytes(SIGNED, 12, 48);
        var mask = mask(n, r, 3, true);
        return op(
                        n,
                        "QAttention",
                        x,
                        weights,
                        n.weight(1, 48),
                        scale(n, 0.02),
                        scale(n, 0.01),
                        mask,
                        n.equal(BYTE, 120),
                        n.equal(SIGNED, 3))
                .with("num_heads", 2)
                .with("unidirectional", r.nextInt(2))
                .several(1);
    }

    /// 4 heads of 16 that share 2; prompts, or steps behind a past.
    private static List<String> groups(Network n, Random r) {
        boolean hasPast = r.nextBoolean();
        boolean isPacked = r.nextInt(3) == 0;
        boolean turns = r.nextBoolean();
        int length = hasPast && r.nextBoolean() ? 1 : 3;
        int past = hasPast ? 4 + r.nextInt(2) * 3 : 0;
        int used = hasPast ? 4 : 0;
        // ONNX Runtime takes several new keys behind a past in one sample only.
        int batch = hasPast && length > 1 ? 1 : 2;
        var samples = Integer.toString(batch);
        var steps = Integer.toString(length);
        var query = n.input("q", samples, steps, isPacked ? "128" : "64");
        var key = isPacked ? "" : n.input("k", samples, steps, "32");
        var value = isPacked ? "" : n.input("v", samples, steps, "32");
        var pastKey = hasPast ? n.input("pk", samples, "2", Integer.toString(past), "16") : "";
        var pastValue = hasPast ? n.input("pv", samples, "2", Integer.toString(past), "16") : "";
        var last = n.equal(DataType.INT32, used + length - 1, batch);
        var total = n.equal(DataType.INT32, used + length);
        var operation = op(
                        n,
                        "GroupQueryAttention",
                        query,
                        key,
                        value,
                        pastKey,
                        pastValue,
                        last,
                        total,
                        turns ? n.weight(1, 20, 8) : "",
                        turns ? n.weight(1, 20, 8) : "")
                .with("num_heads", 4)
                .with("kv_num_heads", 2)
                .with("do_rotary", turns ? 1 : 0)
                .with("local_window_size", r.nextInt(3) == 0 ? 2 : -1);
        var results = operation.several(3);
        // What is behind the keys that count is nothing that anybody may rely on.
        return past > used ? results.subList(0, 1) : results;
    }

    private static List<String> nibbles(Network n, Random r) {
        int bits = r.nextBoolean() ? 4 : 8;
        int block = r.nextBoolean() ? 16 : 32;
        int depth = r.nextBoolean() ? 64 : 80;
        int blocks = Math.ceilDiv(depth, block);
        var x = n.input("x", "2", "3", Integer.toString(depth));
        var weights = n.bytes(BYTE, 6, blocks, block * bits / 8);
        var scales = n.scales(0.02, 6L * blocks);
        var zeros = r.nextBoolean() ? "" : n.bytes(BYTE, 6L * Math.ceilDiv(blocks * bits, 8));
        return op(n, "MatMulNBits", x, weights, scales, zeros)
                .with("K", depth)
                .with("N", 6)
                .with("bits", bits)
                .with("block_size", block)
                .several(1);
    }

    @ParameterizedTest
    @MethodSource("operators")
    void giveWhatOnnxRuntimeGives(String operator) throws IOException, OrtException {
        long seed = Seeds.one();
        for (int i = 0; i < CASES; i++) {
            var what = operator + ", -Dbalsa.seed=" + (seed + i);
            // ONNX has LayerNormalization from 17 on.
            var network = Network.ofOpset(operator.equals("LayerNormalization") ? 12 : 17, false);
            MAKERS.get(operator).make(network, new Random(seed + i)).stream()
                    .filter(name -> !name.isEmpty())
                    .forEach(network::output);
            var file = folder.resolve(operator + i + ".onnx");
            OnnxWriter.write(network.model(), file);
            var inputs = new LinkedHashMap<String, Tensor>();
            network.inputs().forEach(input -> inputs.put(input.name(), input.tensor()));
            var expected = expected(file, inputs);
            try (var model = Model.load(file, Options.defaults().withPrecision(Precision.EXACT));
                    var found = model.run(inputs)) {
                for (int k = 0; k < expected.size(); k++) {
                    check(what + ", output " + k, found.get(k), expected.get(k));
                }
            } catch (BalsaException e) {
                throw new AssertionError(what + ": " + e.getMessage(), e);
            }
        }
    }

    private static List<Tensor> expected(Path file, Map<String, Tensor> inputs) throws IOException, OrtException {
        var environment = OrtEnvironment.getEnvironment();
        var tensors = new LinkedHashMap<String, OnnxTensor>();
        for (var entry : inputs.entrySet()) {
            var tensor = entry.getValue();
            var bytes = tensor.memory().asByteBuffer().order(ByteOrder.nativeOrder());
            var type = switch (tensor.type()) {
                case UINT8 -> OnnxJavaType.UINT8;
                case INT32 -> OnnxJavaType.INT32;
                case INT64 -> OnnxJavaType.INT64;
                default -> OnnxJavaType.FLOAT;
            };
            long[] dims = tensor.shape().toArray();
            tensors.put(entry.getKey(), OnnxTensor.createTensor(environment, bytes, dims, type));
        }
        try (var options = new OrtSession.SessionOptions();
                var session = environment.createSession(Files.readAllBytes(file), options);
                var results = session.run(tensors)) {
            return Stream.of(results)
                    .flatMap(all -> Stream.iterate(0, i -> i < all.size(), i -> i + 1)
                            .map(i -> tensor((OnnxTensor) all.get(i))))
                    .toList();
        }
    }

    private static Tensor tensor(OnnxTensor result) {
        var info = result.getInfo();
        var type = switch (info.type) {
            case UINT8 -> DataType.UINT8;
            case INT32 -> DataType.INT32;
            default -> DataType.FLOAT32;
        };
        var tensor = Tensor.allocate(type, Shape.of(info.getShape()));
        tensor.memory().asByteBuffer().put(result.getByteBuffer());
        return tensor;
    }

    private static void check(String what, Tensor found, Tensor expected) {
        assertThat(found.type()).as(what).isEqualTo(expected.type());
        assertThat(found.shape()).as(what).isEqualTo(expected.shape());
        double largest = 1;
        for (long i = 0; i < expected.size(); i++) {
            largest = Math.max(largest, Math.abs(expected.getDouble(i)));
        }
        double most = expected.type().isFloat() ? TOLERANCE * largest : MOST_INTEGER_DIFFERENCE;
        for (long i = 0; i < expected.size(); i++) {
            double wanted = expected.getDouble(i);
            assertThat(found.getDouble(i)).as("%s, element %d", what, i).isBetween(wanted - most, wanted + most);
        }
    }

    @Test
    void allAreCompared() {
        assertThat(Abbreviations.schemas())
                .allSatisfy(schema -> assertThat(MAKERS).containsKey(schema.name()));
    }

    @Test
    void whatIsMissingIsTold() {
        var network = Network.ofOpset(17, false);
        network.output(op(network, "BiasGelu", network.input("x", "2")).one());
        var file = folder.resolve("missing.onnx");
        OnnxWriter.write(network.model(), file);
        assertThatThrownBy(() -> Model.load(file))
                .isInstanceOf(BalsaException.class)
                .hasMessageContaining("BiasGelu")
                .hasMessageContaining("input 1 \"B\" is missing");
    }
}
