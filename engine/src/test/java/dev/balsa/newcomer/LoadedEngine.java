package dev.balsa.newcomer;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// An engine in classes of its own, used through its public API by reflection.
final class LoadedEngine {
    private final ClassLoader loader;

    LoadedEngine(ClassLoader loader) {
        this.loader = loader;
    }

    /// The output `y` of a model for a float32 input `x`.
    float[] run(Path model, float[] x, long... dims) throws ReflectiveOperationException {
        var loaded = load(model);
        try {
            var outputs = call(loaded, "run", Map.class, Map.of("x", tensor(x, dims)));
            return (float[]) call(call(outputs, "get", String.class, "y"), "toFloatArray");
        } finally {
            call(loaded, "close");
        }
    }

    /// The steps that it takes for these, as text with operators and kernels.
    List<String> plan(Path model, float[] x, long... dims) throws ReflectiveOperationException {
        var loaded = load(model);
        try {
            var steps = (List<?>) call(loaded, "plan", Map.class, Map.of("x", tensor(x, dims)));
            return steps.stream().map(Object::toString).toList();
        } finally {
            call(loaded, "close");
        }
    }

    private Object load(Path model) throws ReflectiveOperationException {
        return loader.loadClass("dev.balsa.Model").getMethod("load", Path.class).invoke(null, model);
    }

    private Object tensor(float[] x, long... dims) throws ReflectiveOperationException {
        return loader.loadClass("dev.balsa.tensor.Tensor")
                .getMethod("of", float[].class, long[].class)
                .invoke(null, x, dims);
    }

    private static Object call(Object target, String method) throws ReflectiveOperationException {
        return target.getClass().getMethod(method).invoke(target);
    }

    private static Object call(Object target, String method, Class<?> type, Object argument)
            throws ReflectiveOperationException {
        return target.getClass().getMethod(method, type).invoke(target, argument);
    }
}
