package dev.balsa.ir.assembly;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Op;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Set;

/// A cache with new entries written over old ones, from a place per sample on (ONNX TensorScatter, opset 24).
///
/// @param axis the axis of the entries, negative counted from the back; not the first, which is that of the samples
/// @param circular whether writing goes on at the front after the last entry
public record TensorScatter(long axis, boolean circular) implements Assembly {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("TensorScatter")
            .since(24)
            .in("past_cache", Schema.ANY)
            .in("update", Schema.ANY)
            .optional("write_indices", Set.of(DataType.INT64))
            .out("present_cache")
            .reader(TensorScatter::read);

    private static Op read(NodeReader node) {
        var mode = node.string("mode", "linear");
        return switch (mode) {
            case "linear", "circular" -> new TensorScatter(node.integer("axis", -2), mode.equals("circular"));
            default -> throw node.malformed("attribute \"mode\" is \"" + mode + "\"; expected linear or circular");
        };
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        if (in.dtype(0) != in.dtype(1)) {
            throw in.mismatch(1, "wrong element type", "that of the cache, " + in.dtype(0), in.dtype(1));
        }
        if (in.shape(0).hasRank()) {
            int at = at(in.shape(0).rank());
            check(in.shape(0), in.shape(1), at);
        }
        return List.of(in.type(0));
    }

    private int at(int rank) {
        int at = Axes.normalize(axis, rank);
        if (at == 0) {
            throw new ShapeException("axis " + axis + " of rank " + rank
                    + " is that of the samples; expected a later one; check the axis attribute");
        }
        return at;
    }

    private static void check(SymbolicShape cache, SymbolicShape update, int axis) {
        if (!update.hasRank()) {
            return;
        }
        boolean fits = update.rank() == cache.rank();
        for (int i = 0; fits && i < cache.rank(); i++) {
            var has = cache.dim(i);
            var wants = update.dim(i);
            fits = i == axis ? !has.isKnown() || !wants.isKnown() || wants.get() <= has.get() : has.mayEqual(wants);
        }
        if (!fits) {
            throw new ShapeException("cannot write entries " + update + " to a cache " + cache
                    + "; expected the same dimensions but for axis " + axis
                    + ", which must not be longer; check the model, or the shapes of its inputs");
        }
    }

    @Override
    public void evaluate(Evaluation run) {
        var cache = run.input(0);
        var update = run.input(1);
        int at = at(cache.shape().rank());
        check(SymbolicShape.of(cache.shape()), SymbolicShape.of(update.shape()), at);
        long samples = cache.shape().dim(0);
        if (run.has(2) && run.input(2).size() != samples) {
            throw new ShapeException("input 2 \"write_indices\": expected " + Dim.of(samples)
                    + " elements, one per sample, found " + run.input(2) + "; check the model's inputs");
        }
        var y = run.output(0, cache.type(), cache.shape());
        y.copyFrom(cache);
        if (update.size() == 0) {
            return;
        }
        for (long sample = 0; sample < samples; sample++) {
            write(y, update, at, sample, run.has(2) ? run.input(2).getLong(sample) : 0);
        }
    }

    private void write(Tensor y, Tensor update, int at, long sample, long first) {
        long capacity = y.shape().dim(at);
        long entries = update.shape().dim(at);
        if (first < 0 || !circular && first > capacity - entries) {
            throw new ShapeException("sample " + sample + ": cannot write " + entries + " entries from place " + first
                    + " on; expected a place from 0 to " + (capacity - entries) + "; check the write_indices input");
        }
        long block = y.shape().size(at + 1, y.shape().rank());
        long rows = y.shape().size(1, at);
        for (long row = sample * rows; row < (sample + 1) * rows; row++) {
            for (long entry = 0; entry < entries; entry++) {
                long place = (first % capacity + entry) % capacity;
                y.copyElements((row * capacity + place) * block, update, (row * entries + entry) * block, block);
            }
        }
    }
}
