package dev.balsa.cli.fuzz;

import dev.balsa.Model;
import dev.balsa.Options;
import dev.balsa.TensorInfo;
import dev.balsa.error.BalsaException;
import dev.balsa.error.ErrorCode;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// One model file tried: loaded and, if its inputs are small, run.
///
/// @param options how to load it
/// @param mostInput a model with more bytes of input than this is not run
/// @param random chooses dimensions that are left open, and elements
record Trial(Options options, long mostInput, RandomGenerator random) {
    /// What came of it.
    ///
    /// @param what says more about a failure; empty otherwise
    record Outcome(Verdict verdict, String what) {}

    private static final int MOST_CAUSES = 5;

    Outcome attempt(Path file) {
        boolean loaded = false;
        try (var model = Model.load(file, options)) {
            loaded = true;
            var inputs = inputs(model.inputs());
            if (inputs.isEmpty()) {
                return new Outcome(Verdict.LOADED, "");
            }
            try (var _ = model.run(inputs.get())) {
                return new Outcome(Verdict.RAN, "");
            }
        } catch (BalsaException e) {
            return judge(e, file, loaded);
        } catch (RuntimeException | Error e) {
            return new Outcome(Verdict.ESCAPED, describe(e));
        }
    }

    private static Outcome judge(BalsaException e, Path file, boolean loaded) {
        if (e.code() == ErrorCode.INTERNAL) {
            return new Outcome(Verdict.DEFECT, describe(e));
        }
        var message = e.getMessage();
        return message.contains("model " + file.getFileName() + ": ") || message.contains("file " + file + ": ")
                ? new Outcome(loaded ? Verdict.REFUSED_IN_RUN : Verdict.REFUSED, "")
                : new Outcome(Verdict.PLACELESS, describe(e));
    }

    private static String describe(Throwable thrown) {
        var text = new StringBuilder();
        var next = thrown;
        for (int i = 0; i < MOST_CAUSES && next != null; i++) {
            text.append(i == 0 ? "" : "\n  caused by ").append(next).append(Finding.frames(next.getStackTrace()));
            next = next.getCause();
        }
        return text.toString();
    }

    private Optional<Map<String, Tensor>> inputs(List<TensorInfo> infos) {
        var inputs = new HashMap<String, Tensor>();
        long bytes = 0;
        for (var info : infos) {
            var shape = shape(info);
            if (shape.isEmpty()) {
                return Optional.empty();
            }
            bytes += Math.max(
                    1,
                    info.type() == DataType.STRING
                            ? shape.get().size()
                            : info.type().bytes(shape.get().size()));
            if (bytes > mostInput) {
                return Optional.empty();
            }
            inputs.put(info.name(), tensor(info.type(), shape.get()));
        }
        return Optional.of(inputs);
    }

    /// A shape that fits; nothing if it has too many elements.
    private Optional<Shape> shape(TensorInfo info) {
        int rank = info.dims().map(List::size).orElseGet(() -> random.nextInt(4));
        var dims = new long[rank];
        long size = 1;
        for (int axis = 0; axis < rank; axis++) {
            dims[axis] = info.length(axis).orElseGet(() -> random.nextInt(1, 3));
            if (dims[axis] > mostInput || (size *= Math.max(1, dims[axis])) > mostInput) {
                return Optional.empty();
            }
        }
        return Optional.of(Shape.of(dims));
    }

    private Tensor tensor(DataType type, Shape shape) {
        var tensor = Tensor.allocate(type, shape);
        for (long i = 0; i < tensor.size(); i++) {
            if (type == DataType.STRING) {
                tensor.setString(i, "s" + random.nextInt(3));
            } else if (type.isFloat()) {
                tensor.setDouble(i, random.nextGaussian());
            } else {
                tensor.setLong(i, random.nextInt(16) == 0 ? random.nextLong() : random.nextInt(-1, 5));
            }
        }
        return tensor;
    }
}
