package dev.balsa.cli.benchmark;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.balsa.Options;
import dev.balsa.TensorInfo;
import dev.balsa.error.ResourceException;
import dev.balsa.error.UnsupportedException;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// ONNX Runtime on the CPU, with all its optimisations and as many threads per run as Balsa has.
public final class OnnxRuntimeContestant implements Contestant {
    static final String NAME = "onnxruntime";

    private final OrtSession session;
    private final LoadTimes times;
    private final Map<String, OnnxTensor> inputs;

    private OnnxRuntimeContestant(OrtSession session, LoadTimes times, Map<String, OnnxTensor> inputs) {
        this.session = session;
        this.times = times;
        this.inputs = inputs;
    }

    /// Loads a model.
    ///
    /// @param inputs the caller's, by name; valid until this is closed
    static OnnxRuntimeContestant load(Path path, Options options, Map<String, Tensor> inputs) {
        return load(path, options, inputs, OrtSession.SessionOptions.OptLevel.ALL_OPT);
    }

    /// Loads a model without another runtime's help.
    ///
    /// @param inputs makes the inputs, which stay valid until this is closed
    static OnnxRuntimeContestant load(
            Path path, Options options, Function<List<TensorInfo>, Map<String, Tensor>> inputs) {
        var without = load(path, options, Map.of());
        try {
            var tensors = tensors(OrtEnvironment.getEnvironment(), inputs.apply(without.wanted()));
            return new OnnxRuntimeContestant(without.session, without.times, tensors);
        } catch (OrtException e) {
            without.close();
            throw failed("filling inputs of", e);
        }
    }

    private List<TensorInfo> wanted() throws OrtException {
        var wanted = new ArrayList<TensorInfo>();
        for (var input : session.getInputInfo().values()) {
            if (input.getInfo() instanceof ai.onnxruntime.TensorInfo tensor) {
                wanted.add(info(input.getName(), tensor));
            }
        }
        return wanted;
    }

    private static TensorInfo info(String name, ai.onnxruntime.TensorInfo tensor) {
        var dims = new ArrayList<String>();
        for (int i = 0; i < tensor.getShape().length; i++) {
            long length = tensor.getShape()[i];
            var symbol = tensor.getDimensionNames()[i];
            dims.add(length >= 0 ? Long.toString(length) : symbol.isEmpty() ? "?" : symbol);
        }
        var type = type(tensor.type)
                .orElseThrow(() -> new UnsupportedException("ONNX Runtime's Java interface tells no type of input "
                        + name + "; measure without --compare"));
        return new TensorInfo(name, type, Optional.of(dims));
    }

    /// The outputs of one run, in the model's order; empty where an output is no tensor of numbers.
    ///
    /// @throws ResourceException if it cannot load or run the model
    public static List<Optional<Tensor>> outputs(Path path, Options options, Map<String, Tensor> inputs) {
        try (var runtime = load(path, options, inputs)) {
            return runtime.outputs();
        }
    }

    /// The outputs without any of its optimisations.
    static List<Optional<Tensor>> plainOutputs(Path path, Options options, Map<String, Tensor> inputs) {
        try (var plain = load(path, options, inputs, OrtSession.SessionOptions.OptLevel.NO_OPT)) {
            return plain.outputs();
        }
    }

    private static OnnxRuntimeContestant load(
            Path path, Options options, Map<String, Tensor> inputs, OrtSession.SessionOptions.OptLevel level) {
        long start = System.nanoTime();
        var environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        long startNanos = System.nanoTime() - start;
        try (var settings = new OrtSession.SessionOptions()) {
            settings.setOptimizationLevel(level);
            settings.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            settings.setIntraOpNumThreads(Math.max(1, options.threads() / options.streams()));
            settings.setInterOpNumThreads(1);
            settings.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            long begin = System.nanoTime();
            var session = environment.createSession(path.toString(), settings);
            var times = new LoadTimes(startNanos, System.nanoTime() - begin, false);
            return new OnnxRuntimeContestant(session, times, tensors(environment, inputs));
        } catch (OrtException e) {
            throw failed("loading", e);
        }
    }

    /// The version of the library.
    static String version() {
        return OrtEnvironment.getEnvironment().getVersion();
    }

    private static Map<String, OnnxTensor> tensors(OrtEnvironment environment, Map<String, Tensor> inputs)
            throws OrtException {
        var tensors = new LinkedHashMap<String, OnnxTensor>();
        for (var entry : inputs.entrySet()) {
            tensors.put(entry.getKey(), tensor(environment, entry.getValue()));
        }
        return tensors;
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Tensor tensor) throws OrtException {
        var dims = tensor.shape().toArray();
        if (tensor.type() == DataType.STRING) {
            return OnnxTensor.createTensor(environment, tensor.toStringArray(), dims);
        }
        var bytes = tensor.size() == 0
                ? ByteBuffer.allocateDirect(0)
                : tensor.memory().asByteBuffer();
        return OnnxTensor.createTensor(environment, bytes.order(ByteOrder.nativeOrder()), dims, type(tensor.type()));
    }

    private static OnnxJavaType type(DataType type) {
        return switch (type) {
            case FLOAT32 -> OnnxJavaType.FLOAT;
            case FLOAT64 -> OnnxJavaType.DOUBLE;
            case FLOAT16 -> OnnxJavaType.FLOAT16;
            case BFLOAT16 -> OnnxJavaType.BFLOAT16;
            case INT8 -> OnnxJavaType.INT8;
            case INT16 -> OnnxJavaType.INT16;
            case INT32 -> OnnxJavaType.INT32;
            case INT64 -> OnnxJavaType.INT64;
            case UINT8 -> OnnxJavaType.UINT8;
            case BOOL -> OnnxJavaType.BOOL;
            case STRING -> OnnxJavaType.STRING;
            case UINT16, UINT32, UINT64, INT4, UINT4 ->
                throw new UnsupportedException("ONNX Runtime's Java interface has no tensors of " + type
                        + "; expected another input type; measure without --compare");
        };
    }

    private static Optional<DataType> type(OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> Optional.of(DataType.FLOAT32);
            case DOUBLE -> Optional.of(DataType.FLOAT64);
            case FLOAT16 -> Optional.of(DataType.FLOAT16);
            case BFLOAT16 -> Optional.of(DataType.BFLOAT16);
            case INT8 -> Optional.of(DataType.INT8);
            case INT16 -> Optional.of(DataType.INT16);
            case INT32 -> Optional.of(DataType.INT32);
            case INT64 -> Optional.of(DataType.INT64);
            case UINT8 -> Optional.of(DataType.UINT8);
            case BOOL -> Optional.of(DataType.BOOL);
            case STRING, UNKNOWN -> Optional.empty();
        };
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public LoadTimes times() {
        return times;
    }

    @Override
    public void run() {
        try {
            session.run(inputs).close();
        } catch (OrtException e) {
            throw failed("running", e);
        }
    }

    @Override
    public List<Optional<Tensor>> outputs() {
        try (var results = session.run(inputs)) {
            var copies = new ArrayList<Optional<Tensor>>();
            for (var result : results) {
                copies.add(copy(result.getValue()));
            }
            return copies;
        } catch (OrtException e) {
            throw failed("running", e);
        }
    }

    private static Optional<Tensor> copy(OnnxValue value) {
        if (!(value instanceof OnnxTensor tensor)) {
            return Optional.empty();
        }
        return type(tensor.getInfo().type).map(type -> {
            var copy = Tensor.allocate(type, Shape.of(tensor.getInfo().getShape()));
            if (copy.size() > 0) {
                copy.memory().copyFrom(MemorySegment.ofBuffer(tensor.getByteBuffer()));
            }
            return copy;
        });
    }

    private static ResourceException failed(String what, OrtException e) {
        return new ResourceException(
                "ONNX Runtime failed in " + what + " the model; found " + e.getMessage()
                        + "; measure without --compare",
                e);
    }

    @Override
    public void close() {
        inputs.values().forEach(OnnxTensor::close);
        try {
            session.close();
        } catch (OrtException e) {
            throw failed("closing", e);
        }
    }
}
