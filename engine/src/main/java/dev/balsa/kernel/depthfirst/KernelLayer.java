package dev.balsa.kernel.depthfirst;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.Work;
import java.util.List;

/// A layer whose rows are requests to the same kernel.
///
/// @param <R> the family's request
public abstract class KernelLayer<R extends Record> implements Layer {
    /// What makes the layer.
    protected final Kernel<R> kernel;
    /// What makes all of it.
    protected final R request;

    /// Where weights are packed.
    protected final Constants constants;

    /// A request that the kernel supports.
    protected KernelLayer(Kernel<R> kernel, R request, Constants constants) {
        this.kernel = kernel;
        this.request = request;
        this.constants = constants;
    }

    /// The request for some rows of one image.
    protected abstract R of(RowRange rows);

    @Override
    public final boolean supports(RowRange rows) {
        return kernel.supports(of(rows));
    }

    @Override
    public final Piece piece(RowRange rows) {
        var part = of(rows);
        return new Piece() {
            @Override
            public Object key() {
                return List.of(kernel.spec(), part);
            }

            @Override
            public Work prepare() {
                return kernel.prepare(part, constants);
            }
        };
    }
}
