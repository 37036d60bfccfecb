package dev.balsa.ir.selection;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// The boxes that are left when of overlapping boxes only the one of the highest score stays (ONNX NonMaxSuppression,
/// opset 10 to 11).
///
/// Boxes are `[batch, box, 4]`, scores `[batch, class, box]`. The result has a row `batch, class, box` for each box
/// that stays, per batch and class in order of falling scores (of equal ones the lower box first). Without the third
/// input, or where it is 0, no box stays. Boxes without area overlap nothing; a NaN score is below every number.
///
/// @param centered whether boxes are given by centre, width and height (x, y, w, h), not by two opposite corners (y, x,
///     y, x)
public record NonMaxSuppression(boolean centered) implements Selection {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("NonMaxSuppression")
            .since(10)
            .in("boxes", Set.of(DataType.FLOAT32))
            .in("scores", Set.of(DataType.FLOAT32))
            .optional("max_output_boxes_per_class", Set.of(DataType.INT64))
            .optional("iou_threshold", Set.of(DataType.FLOAT32))
            .optional("score_threshold", Set.of(DataType.FLOAT32))
            .out("selected_indices")
            .reader(node -> new NonMaxSuppression(node.integer("center_point_box", 0) != 0));

    private static final int MOST = 2;
    private static final int OVERLAP = 3;
    private static final int SCORE = 4;

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        check(in.shape(0), in.shape(1));
        return List.of(new TensorType(DataType.INT64, SymbolicShape.of(Dim.UNKNOWN, Dim.of(3))));
    }

    private static void check(SymbolicShape boxes, SymbolicShape scores) {
        boolean fits = !boxes.hasRank() || boxes.rank() == 3 && boxes.dim(2).mayEqual(Dim.of(4));
        fits &= !scores.hasRank() || scores.rank() == 3;
        if (fits && boxes.hasRank() && scores.hasRank()) {
            fits = boxes.dim(0).mayEqual(scores.dim(0)) && boxes.dim(1).mayEqual(scores.dim(2));
        }
        if (!fits) {
            throw new ShapeException("boxes " + boxes + " and scores " + scores
                    + " do not fit; expected [batch, box, 4] and [batch, class, box]; check the model, or the shapes of "
                    + "its inputs");
        }
    }

    @Override
    public void evaluate(Evaluation run) {
        var boxes = run.input(0);
        var scores = run.input(1);
        check(SymbolicShape.of(boxes.shape()), SymbolicShape.of(scores.shape()));
        long most = run.has(MOST) ? single(run, MOST).getLong(0) : 0;
        double overlap = run.has(OVERLAP) ? single(run, OVERLAP).getDouble(0) : 0;
        double least = run.has(SCORE) ? single(run, SCORE).getDouble(0) : Double.NaN;
        var rows = new ArrayList<List<Long>>();
        if (most > 0 && scores.size() > 0) {
            for (long row = 0; row < scores.shape().size(0, 2); row++) {
                long batch = row / scores.shape().dim(1);
                long label = row % scores.shape().dim(1);
                var candidates = candidates(scores, row, least);
                for (long box : select(boxes, batch, candidates, most, overlap)) {
                    rows.add(List.of(batch, label, box));
                }
            }
        }
        var y = run.output(0, DataType.INT64, Shape.of(rows.size(), 3));
        for (int i = 0; i < 3 * rows.size(); i++) {
            y.setLong(i, rows.get(i / 3).get(i % 3));
        }
    }

    private static Tensor single(Evaluation run, int index) {
        var tensor = run.input(index);
        if (tensor.size() != 1) {
            throw new ShapeException(
                    "input " + index + ": expected one element, found " + tensor + "; check the model");
        }
        return tensor;
    }

    /// The boxes above the least score (all of them if that is NaN), by falling score.
    private static long[] candidates(Tensor scores, long row, double least) {
        long boxes = scores.shape().dim(2);
        var above = LongStream.range(0, boxes)
                .filter(box -> Double.isNaN(least) || scores.getDouble(row * boxes + box) > least)
                .toArray();
        ElementOrder order = (a, b) ->
                compare(scores.getDouble(row * boxes + above[(int) a]), scores.getDouble(row * boxes + above[(int) b]));
        var ranked = Ranking.descending(above.length, order);
        var sorted = new long[above.length];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = above[ranked[i]];
        }
        return sorted;
    }

    private static int compare(double a, double b) {
        if (Double.isNaN(a) || Double.isNaN(b)) {
            return Boolean.compare(Double.isNaN(b), Double.isNaN(a));
        }
        return a < b ? -1 : a > b ? 1 : 0;
    }

    private List<Long> select(Tensor boxes, long batch, long[] candidates, long most, double overlap) {
        var selected = new ArrayList<Long>();
        var kept = new ArrayList<Box>();
        for (long candidate : candidates) {
            if (selected.size() >= most) {
                break;
            }
            var box = Box.at(boxes, (batch * boxes.shape().dim(1) + candidate) * 4, centered);
            if (kept.stream().noneMatch(other -> other.overlap(box) > overlap)) {
                selected.add(candidate);
                kept.add(box);
            }
        }
        return selected;
    }
}
