package dev.balsa.kernel.code;

import dev.balsa.asm.Vec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Writes a small linear map of vectors, lane by lane: `y = M x`, all of x in registers.
///
/// Neighbouring rows or columns of M that are equal but for signs, as those for the points `a` and `-a` of an
/// interpolation are, share their work: a sum and a difference stand for both.
public final class LinearMapCode {
    /// The most registers beside x that are in use when a result is given away.
    public static final int MOST_TEMPORARIES = 3;

    /// Takes the results, row by row.
    @FunctionalInterface
    public interface Output {
        /// Writes what is done with a result.
        ///
        /// @param y may be overwritten
        /// @param free further registers that may be overwritten
        void row(int row, Vec y, List<Vec> free);
    }

    private record Term(double factor, Vec x) {}

    private final Lanes lanes;
    private final double[][] matrix;
    private final List<Vec> x;
    private final List<Vec> free;
    /// For a column whose left neighbour is equal but for signs: true. It then holds the difference, the other the
    /// sum.
    private final boolean[] paired;

    private LinearMapCode(Lanes lanes, double[][] matrix, List<Vec> x, List<Vec> free) {
        this.lanes = lanes;
        this.matrix = new double[matrix.length][];
        for (int row = 0; row < matrix.length; row++) {
            this.matrix[row] =
                    Arrays.stream(matrix[row]).map(number -> (float) number).toArray();
        }
        this.x = new ArrayList<>(x);
        this.free = new ArrayList<>(free);
        paired = new boolean[x.size()];
    }

    /// Writes the map.
    ///
    /// @param matrix rows of as many numbers as there are vectors in `x`, to be rounded to float; no row is zero
    /// @param x overwritten
    /// @param free at least [#MOST_TEMPORARIES] more registers
    public static void write(Lanes lanes, double[][] matrix, List<Vec> x, List<Vec> free, Output output) {
        new LinearMapCode(lanes, matrix, x, free).write(output);
    }

    private void write(Output output) {
        pairColumns();
        int row = 0;
        while (row < matrix.length) {
            if (row + 1 < matrix.length && isPair(row)) {
                writePair(row, output);
                row += 2;
            } else {
                var y = own(combine(terms(row)));
                output.row(row, y, freeBeside(y));
                row++;
            }
        }
    }

    private void pairColumns() {
        for (int column = 1; column < x.size(); column++) {
            if (!paired[column - 1] && hasTwin(column)) {
                var difference = free.removeFirst();
                lanes.subtract(difference, x.get(column - 1), x.get(column));
                lanes.add(x.get(column - 1), x.get(column - 1), x.get(column));
                free.add(x.get(column));
                x.set(column, difference);
                paired[column] = true;
            }
        }
    }

    private boolean hasTwin(int column) {
        boolean added = false;
        boolean subtracted = false;
        for (var row : matrix) {
            if (Math.abs(row[column]) != Math.abs(row[column - 1])) {
                return false;
            }
            added |= row[column] != 0 && row[column] == row[column - 1];
            subtracted |= row[column] != 0 && row[column] != row[column - 1];
        }
        return added && subtracted;
    }

    private boolean isPair(int row) {
        boolean added = false;
        boolean subtracted = false;
        for (int column = 0; column < x.size(); column++) {
            double upper = matrix[row][column];
            double lower = matrix[row + 1][column];
            if (Math.abs(upper) != Math.abs(lower) || isInPair(column)) {
                return false;
            }
            added |= upper != 0 && upper == lower;
            subtracted |= upper != 0 && upper != lower;
        }
        return added && subtracted;
    }

    private boolean isInPair(int column) {
        return paired[column] || column + 1 < x.size() && paired[column + 1];
    }

    /// What both rows have in common, plus and minus the rest.
    private void writePair(int row, Output output) {
        var common = new ArrayList<Term>();
        var rest = new ArrayList<Term>();
        for (int column = 0; column < x.size(); column++) {
            double factor = matrix[row][column];
            if (factor != 0) {
                (factor == matrix[row + 1][column] ? common : rest).add(new Term(factor, x.get(column)));
            }
        }
        var first = combine(common);
        var free1 = freeBeside(first);
        var second = combine(rest, free1);
        var left = new ArrayList<>(free1);
        left.remove(second);
        var sum = left.removeFirst();
        lanes.add(sum, first, second);
        // The difference takes a register that holds nothing else.
        var difference = free.contains(first) ? first : left.removeFirst();
        lanes.subtract(difference, first, second);
        output.row(row, sum, List.copyOf(left));
        output.row(row + 1, difference, freeBeside(difference));
    }

    /// A register that may be overwritten, with the same content.
    private Vec own(Vec y) {
        if (free.contains(y)) {
            return y;
        }
        lanes.move(free.getFirst(), y);
        return free.getFirst();
    }

    private List<Vec> freeBeside(Vec used) {
        var others = new ArrayList<>(free);
        others.remove(used);
        return others;
    }

    private List<Term> terms(int row) {
        var terms = new ArrayList<Term>();
        for (int column = 0; column < x.size(); column++) {
            double factor = matrix[row][column];
            if (column + 1 < x.size() && paired[column + 1]) {
                boolean same = factor == matrix[row][column + 1];
                if (factor != 0) {
                    terms.add(new Term(factor, x.get(same ? column : column + 1)));
                }
                column++;
            } else if (factor != 0) {
                terms.add(new Term(factor, x.get(column)));
            }
        }
        return terms;
    }

    private Vec combine(List<Term> terms) {
        return combine(terms, free);
    }

    /// The sum of the terms in the first of the registers; a single x as it is.
    private Vec combine(List<Term> terms, List<Vec> registers) {
        var left = new ArrayList<>(terms);
        var first = left.stream().filter(term -> term.factor == 1).findFirst().orElse(left.getFirst());
        left.remove(first);
        if (first.factor == 1 && left.isEmpty()) {
            return first.x;
        }
        var y = registers.getFirst();
        if (first.factor != 1) {
            lanes.load(y, lanes.all((float) first.factor));
            lanes.multiply(y, y, first.x);
        } else {
            var second = left.removeFirst();
            if (second.factor == 1) {
                lanes.add(y, first.x, second.x);
            } else if (second.factor == -1) {
                lanes.subtract(y, first.x, second.x);
            } else {
                lanes.move(y, first.x);
                lanes.accumulate(y, second.x, lanes.all((float) second.factor));
            }
        }
        for (var term : left) {
            if (term.factor == 1) {
                lanes.add(y, y, term.x);
            } else if (term.factor == -1) {
                lanes.subtract(y, y, term.x);
            } else {
                lanes.accumulate(y, term.x, lanes.all((float) term.factor));
            }
        }
        return y;
    }
}
