package dev.balsa.ir.fusion;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A product, a softmax and another product for each matrix of a batch: `softmax(mask(scale * Q K^T)) V`, whose
/// operands and result may be any views of tensors, so that what only rearranged them is gone.
///
/// Inputs: the tensors with Q, K and V, and that with the mask, if there is one. Shapes are known.
///
/// @param batch the dimensions of the batch
/// @param queries rows of Q and of the result
/// @param keys rows of K and V
/// @param size columns of Q and K
/// @param valueSize columns of V and of the result
/// @param scale what products are multiplied by
/// @param mask what is done to scores
/// @param zeroIfHidden whether a query that sees no key gives zeros; otherwise NaN
/// @param shape the output's shape, which the results cover
public record ViewedAttention(
        List<Long> batch,
        long queries,
        long keys,
        long size,
        long valueSize,
        float scale,
        MatrixView q,
        MatrixView k,
        MatrixView v,
        MatrixView y,
        Optional<ScoreMask> mask,
        boolean zeroIfHidden,
        List<Long> shape)
        implements Fusion {
    /// Not an operator of ONNX; the name is for messages.
    public static final Schema SCHEMA = Schema.of("ViewedAttention")
            .domain("dev.balsa")
            .rest("inputs", Schema.ANY)
            .out("output");

    private static final int MASK = 3;

    /// Copies the lists.
    public ViewedAttention {
        batch = List.copyOf(batch);
        shape = List.copyOf(shape);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(in.type(0).withShape(SymbolicShape.of(Shape.of(shape))));
    }

    @Override
    public void evaluate(Evaluation run) {
        var result = run.output(0, run.input(0).type(), Shape.of(shape));
        var places = List.of(q.offsets(batch), k.offsets(batch), v.offsets(batch), y.offsets(batch));
        var masks = mask.map(each -> each.view().offsets(batch));
        for (int matrix = 0; matrix < places.getFirst().size(); matrix++) {
            for (long query = 0; query < queries; query++) {
                var scores = new double[Math.toIntExact(keys)];
                for (int key = 0; key < scores.length; key++) {
                    double product = product(
                            run,
                            places.get(0).get(matrix) + query * q.row(),
                            places.get(1).get(matrix) + key * k.row());
                    scores[key] = masks.isPresent()
                            ? masked(product, run.input(MASK), masks.get().get(matrix), query, key)
                            : product;
                }
                softmax(scores);
                mix(
                        run.input(2),
                        scores,
                        places.get(2).get(matrix),
                        result,
                        places.get(3).get(matrix) + query * y.row());
            }
        }
    }

    private double product(Evaluation run, long query, long key) {
        double sum = 0;
        for (long i = 0; i < size; i++) {
            sum += run.input(0).getDouble(query + i * q.column()) * run.input(1).getDouble(key + i * k.column());
        }
        return scale * sum;
    }

    private double masked(double score, Tensor tensor, long offset, long query, long key) {
        var given = mask.orElseThrow();
        long row = offset + query * given.view().row();
        long place = row + key * given.view().column();
        return switch (given.use()) {
            case ADDED -> score + tensor.getDouble(place);
            case SEEN -> tensor.getBoolean(place) ? score : given.hidden();
            case HIDDEN -> tensor.getBoolean(place) ? given.hidden() : score;
            case WITHIN ->
                key >= tensor.getLong(row)
                                && key < tensor.getLong(row + given.view().column())
                        ? score
                        : Double.NEGATIVE_INFINITY;
        };
    }

    private void softmax(double[] scores) {
        double greatest = Arrays.stream(scores).reduce(Double.NEGATIVE_INFINITY, Math::max);
        if (zeroIfHidden && greatest == Double.NEGATIVE_INFINITY) {
            Arrays.fill(scores, 0);
            return;
        }
        double sum = 0;
        for (int key = 0; key < scores.length; key++) {
            scores[key] = Math.exp(scores[key] - greatest);
            sum += scores[key];
        }
        for (int key = 0; key < scores.length; key++) {
            scores[key] /= sum;
        }
    }

    private void mix(Tensor values, double[] weights, long from, Tensor result, long to) {
        for (long i = 0; i < valueSize; i++) {
            double sum = 0;
            for (int key = 0; key < weights.length; key++) {
                sum += weights[key] * values.getDouble(from + key * v.row() + i * v.column());
            }
            result.setDouble(to + i * y.column(), sum);
        }
    }
}
