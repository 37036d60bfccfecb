package dev.balsa.cli.report;

import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// One row of scores, a class each, with the shares they stand for.
///
/// @param softmax whether the shares are the softmax of the scores; otherwise the scores are shares already
/// @param classes the best classes, best first
public record ClassScores(boolean softmax, List<Score> classes) {
    private static final long MOST_CLASSES = 100_000;
    private static final long MOST_ROWS = 4;
    private static final int SHOWN = 5;
    /// Fewer numbers that do not sum to 1 are as likely coordinates or grades.
    private static final int LEAST_SCORES = 5;

    /// A class.
    ///
    /// @param index its number
    /// @param share 0 to 1
    /// @param score what the model says
    public record Score(int index, double share, double score) {}

    /// Copies the list.
    public ClassScores {
        classes = List.copyOf(classes);
    }

    /// The rows of a tensor that looks like class scores: floats, at most four rows, one dimension of 2 to 100000
    /// and none after it but of length 1; of 5 at least where the scores are no shares. Nothing for other tensors.
    public static List<ClassScores> of(Tensor tensor) {
        var classes = classDimension(tensor);
        if (classes.isEmpty()) {
            return List.of();
        }
        int count = classes.get();
        var rows = new ArrayList<ClassScores>();
        for (long row = 0; row < tensor.size() / count; row++) {
            rows.add(row(tensor, row * count, count));
        }
        boolean plausible = count >= LEAST_SCORES || rows.stream().noneMatch(ClassScores::softmax);
        return plausible ? rows : List.of();
    }

    private static Optional<Integer> classDimension(Tensor tensor) {
        var shape = tensor.shape();
        int axis = shape.rank() - 1;
        while (axis > 0 && shape.dim(axis) == 1) {
            axis--;
        }
        boolean fits = tensor.type().isFloat()
                && axis >= 0
                && axis <= 1
                && shape.dim(axis) >= 2
                && shape.dim(axis) <= MOST_CLASSES
                && shape.size(0, axis) <= MOST_ROWS;
        return fits && tensor.size() > 0 ? Optional.of((int) shape.dim(axis)) : Optional.empty();
    }

    private static ClassScores row(Tensor tensor, long from, int count) {
        var scores = IntStream.range(0, count)
                .mapToDouble(i -> tensor.getDouble(from + i))
                .toArray();
        double sum = 0;
        double max = Double.NEGATIVE_INFINITY;
        boolean shares = true;
        for (double score : scores) {
            sum += score;
            max = Math.max(max, score);
            shares &= score >= 0 && score <= 1;
        }
        boolean softmax = !shares || Math.abs(sum - 1) > 1e-3;
        double best = max;
        double total = softmax
                ? IntStream.range(0, count)
                        .mapToDouble(i -> Math.exp(scores[i] - best))
                        .sum()
                : 1;
        var top = IntStream.range(0, count)
                .mapToObj(i -> new Score(i, (softmax ? Math.exp(scores[i] - best) : scores[i]) / total, scores[i]))
                .sorted(Comparator.comparingDouble((Score score) -> -score.score()))
                .limit(SHOWN)
                .toList();
        return new ClassScores(softmax, top);
    }
}
