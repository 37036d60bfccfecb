package dev.balsa;

import dev.balsa.error.ResourceException;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Map;

/// The results of one run, by name and in the model's order.
///
/// The tensors are the caller's until this is closed, which gives their memory back for later runs; what is never
/// closed is freed by the garbage collector. Closing the model does not take them away.
public final class Outputs implements AutoCloseable {
    private final Map<String, Integer> indices;
    private final List<Tensor> tensors;
    private final Runnable release;
    private boolean closed;

    Outputs(Map<String, Integer> indices, List<Tensor> tensors, Runnable release) {
        this.indices = indices;
        this.tensors = tensors;
        this.release = release;
    }

    /// The output of the given name.
    ///
    /// @throws ResourceException if the model has no such output, or this is closed
    public Tensor get(String name) {
        var index = indices.get(name);
        if (index == null) {
            throw new ResourceException("no output \"" + name + "\"; expected one of " + indices.keySet());
        }
        return get(index);
    }

    /// The output at the given place in the model's order.
    public Tensor get(int index) {
        if (closed) {
            throw new ResourceException("these outputs are closed; read them before closing, or copy what must stay");
        }
        return tensors.get(index);
    }

    /// The number of outputs.
    public int size() {
        return tensors.size();
    }

    /// Gives the memory back; does nothing the second time.
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            release.run();
        }
    }
}
