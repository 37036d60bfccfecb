package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.fusion.MatrixView;
import dev.balsa.ir.view.View;
import dev.balsa.rewrite.ElementView.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Operands and results of attention where they come from and where they go to: matrices in tensors that they are
/// rearranged parts of.
///
/// @param view the graph
record MatrixOperands(GraphView view) {
    /// Whether elements lie side by side, or are the same one.
    static boolean isNear(long stride) {
        return stride == 1 || stride == 0;
    }

    /// The elements of a value as far back as they can be told by rows and columns.
    ElementView operand(Value value, Predicate<ElementView> isUsable) {
        var best = ElementView.of(value);
        for (var next = best.before(view); next.isPresent(); next = next.get().before(view)) {
            if (stride(next.get(), 0).isPresent() && isUsable.test(next.get())) {
                best = next.get();
            }
        }
        return best;
    }

    /// The results as far on as nobody else uses them.
    ///
    /// @param made what makes them gives
    /// @param removed gets the nodes that rearrange them
    ElementView result(Value made, List<Node> removed) {
        var best = ElementView.of(made);
        var latest = best;
        var passed = new ArrayList<Node>();
        while (true) {
            var next = view.soleConsumer(latest.base());
            if (next.isEmpty() || !isRearranging(next.get(), latest.base())) {
                return best;
            }
            var moved = latest.after(next.get());
            if (moved.isEmpty()) {
                return best;
            }
            latest = moved.get();
            passed.add(next.get());
            boolean fits = stride(latest, 0).isPresent()
                    && stride(latest, 1).filter(MatrixOperands::isNear).isPresent();
            if (fits && next.get().op() instanceof Transpose) {
                best = latest;
                removed.addAll(passed);
                passed.clear();
            }
        }
    }

    private static boolean isRearranging(Node node, Value value) {
        return (node.op() instanceof View || node.op() instanceof Transpose)
                && node.input(0).equals(value)
                && node.output(0).type().shape().isKnown()
                && node.inputs().stream().filter(value::equals).count() == 1;
    }

    /// The distance of rows (0) or columns (1) if there is one; 0 for a single one.
    static Optional<Long> stride(ElementView matrices, int which) {
        var dims = matrices.dims();
        if (dims.size() < 2) {
            // A mask may be a single row.
            return which == 0 ? Optional.of(0L) : dims.isEmpty() ? Optional.of(0L) : stride(dims.getLast());
        }
        return stride(dims.get(dims.size() - 2 + which));
    }

    private static Optional<Long> stride(List<Loop> loops) {
        return switch (loops.size()) {
            case 0 -> Optional.of(0L);
            case 1 -> Optional.of(loops.getFirst().stride());
            default -> Optional.empty();
        };
    }

    /// All operands as matrices of one batch, as fine as they need it.
    static Optional<List<MatrixView>> views(Batches batches, List<ElementView> all) {
        var views = new ArrayList<MatrixView>();
        for (int i = 0; i < all.size(); i++) {
            var rows = stride(all.get(i), 0);
            var columns = stride(all.get(i), 1);
            if (rows.isEmpty() || columns.isEmpty()) {
                return Optional.empty();
            }
            views.add(new MatrixView(all.get(i).offset(), batches.strides().get(i), rows.get(), columns.get()));
        }
        return Optional.of(views);
    }

    /// The dimensions of a batch, as fine as the loops of all operands need them.
    ///
    /// @param strides for each operand and dimension
    record Batches(List<Long> sizes, List<List<Long>> strides) {
        /// @param shape of the product
        static Optional<Batches> of(List<Long> shape, List<ElementView> operands) {
            var sizes = new ArrayList<Long>();
            var strides = new ArrayList<List<Long>>();
            operands.forEach(_ -> strides.add(new ArrayList<>()));
            for (int axis = 0; axis < shape.size() - 2; axis++) {
                var open = new ArrayList<List<Loop>>();
                for (var operand : operands) {
                    int own = axis - shape.size() + operand.dims().size();
                    var loops = own < 0 ? List.<Loop>of() : operand.dims().get(own);
                    open.add(new ArrayList<>(loops.isEmpty() ? List.of(new Loop(shape.get(axis), 0)) : loops));
                }
                if (!divide(shape.get(axis), open, sizes, strides)) {
                    return Optional.empty();
                }
            }
            return Optional.of(new Batches(sizes, strides));
        }

        /// Divides a dimension from the inside, always by the shortest of the innermost loops.
        private static boolean divide(long length, List<List<Loop>> open, List<Long> sizes, List<List<Long>> strides) {
            int at = sizes.size();
            for (long left = length; left > 1; ) {
                long size = open.stream()
                        .mapToLong(loops -> loops.getLast().size())
                        .min()
                        .orElseThrow();
                for (int i = 0; i < open.size(); i++) {
                    var loop = open.get(i).removeLast();
                    if (loop.size() % size != 0) {
                        return false;
                    }
                    strides.get(i).add(at, loop.stride());
                    if (loop.size() > size) {
                        open.get(i).add(new Loop(loop.size() / size, loop.stride() * size));
                    }
                }
                sizes.add(at, size);
                left /= size;
            }
            return true;
        }
    }
}
