package dev.balsa.kernel.tile;

import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A constant right factor of 8-bit integers that is multiplied as quads: four neighbours along the depth, less
/// their zero points, by four bytes of the left factor as they are, without sign. Quads do not go over the end of a
/// run of [PairFactor]: zeros fill the last one up.
///
/// A quad takes a step of the product, or two where some column of the panel has larger numbers than a step of
/// the [QuadArithmetic] takes. So panels have steps of their own. Where too many quads take two, pairs are the
/// better way.
///
/// Before its steps each panel has a row of 32-bit integers: the sums of its columns, negated, for what the zero
/// point of the left factor takes away. Behind all panels, there is for each the number of its steps and their
/// places.
final class QuadFactor {
    /// Bytes of a quad.
    static final int QUAD = 4;

    /// Where sums are made in 16 bits, cycles of a tile of six rows: of a step of quads, of their beginning, and
    /// of a step of pairs.
    private static final int STEP_CYCLES = 13;

    private static final int BEGIN_CYCLES = 14;
    private static final double PAIR_CYCLES = 8.5;
    /// A panel that takes so much longer than by pairs tells what others will take.
    private static final double MUCH_WORSE = 1.25;
    /// Steps of a panel of four vectors, 512 KB, of which a second-level cache holds most; a few rows read panels
    /// once, wherever they are.
    private static final int DEEP = 2048;

    private static final int FEW_ROWS = 12;

    private final PairFactor right;
    private final VectorUnit unit;
    private final QuadArithmetic arithmetic;
    private final int[] places;
    /// By panel, the quads that take two steps.
    private final List<boolean[]> split = new ArrayList<>();
    private final Panels panels;
    private final int steps;

    private QuadFactor(
            PairFactor right,
            VectorUnit unit,
            QuadArithmetic arithmetic,
            int[] places,
            List<boolean[]> split,
            int steps) {
        this.right = right;
        this.unit = unit;
        this.arithmetic = arithmetic;
        this.places = places;
        this.split.addAll(split);
        this.steps = steps;
        panels = new Panels(unit, right.columns(), 1 + steps);
    }

    /// The factor, if products are worth doing so.
    ///
    /// @param depth in quads, as many as the factor has
    /// @param rows of the left factor
    static Optional<QuadFactor> of(PairFactor right, IntegerUnit unit, Depth depth, int rows) {
        return switch (unit.quads()) {
            case WORDS -> ofWords(right, unit.vectors(), depth);
            case DOTS -> ofDots(right, unit.vectors(), depth, rows);
        };
    }

    private static Optional<QuadFactor> ofDots(PairFactor right, VectorUnit unit, Depth depth, int rows) {
        if (depth.length() > DEEP && rows > FEW_ROWS) {
            return Optional.empty();
        }
        int[] places = places(depth);
        var widths = new Panels(unit, right.columns(), 1);
        var split = new ArrayList<boolean[]>();
        int steps = 0;
        boolean fits = right.fitsBytes();
        for (int panel = 0; panel < widths.count(); panel++) {
            var large = new boolean[places.length];
            if (!fits) {
                for (var column : right.columns(widths.column(panel), widths.columns(panel), QUAD)) {
                    if (!mark(column, QuadArithmetic.DOTS, large)) {
                        return Optional.empty();
                    }
                }
            }
            split.add(large);
            steps = Math.max(steps, places.length + count(large));
        }
        return Optional.of(new QuadFactor(right, unit, QuadArithmetic.DOTS, places, split, steps));
    }

    private static Optional<QuadFactor> ofWords(PairFactor right, VectorUnit unit, Depth depth) {
        if (right.run() % QUAD != 0) {
            return Optional.empty();
        }
        int[] places = places(depth);
        double worth = (2 * PAIR_CYCLES * places.length - BEGIN_CYCLES) / STEP_CYCLES;
        if (places.length == 0 || places.length > worth || places.length > TileProduct.SHORT_DEPTH) {
            return Optional.empty();
        }
        var widths = new Panels(unit, right.columns(), 1);
        var split = new ArrayList<boolean[]>();
        int steps = 0;
        long all = 0;
        for (int panel = 0; panel < widths.count(); panel++) {
            var large = new boolean[places.length];
            for (var column : right.columns(widths.column(panel), widths.columns(panel), QUAD)) {
                if (!mark(column, QuadArithmetic.WORDS, large)) {
                    return Optional.empty();
                }
            }
            split.add(large);
            int count = places.length + count(large);
            if (count > Math.min(MUCH_WORSE * worth, TileProduct.SHORT_DEPTH)) {
                return Optional.empty();
            }
            steps = Math.max(steps, count);
            all += count;
        }
        if (all > worth * widths.count()) {
            return Optional.empty();
        }
        return Optional.of(new QuadFactor(right, unit, QuadArithmetic.WORDS, places, split, steps));
    }

    private static int[] places(Depth depth) {
        var places = new int[depth.length()];
        int at = 0;
        for (var segment : depth.segments()) {
            for (int i = 0; i < segment.length(); i++) {
                places[at++] = Math.toIntExact((segment.offset() + i) * QUAD);
            }
        }
        return places;
    }

    private static int count(boolean[] marks) {
        int count = 0;
        for (boolean mark : marks) {
            count += mark ? 1 : 0;
        }
        return count;
    }

    /// Marks the quads of a column that take two steps.
    ///
    /// @return false if no steps can be made of a number
    private static boolean mark(int[] column, QuadArithmetic arithmetic, boolean[] large) {
        for (int i = 0; i < column.length; i += 2) {
            int one = column[i];
            int other = column[i + 1];
            if (!arithmetic.takes(one) || !arithmetic.takes(other)) {
                return false;
            }
            large[i / QUAD] |= !arithmetic.takesOneStep(one, other);
        }
        return true;
    }

    QuadArithmetic arithmetic() {
        return arithmetic;
    }

    Panels panels() {
        return panels;
    }

    /// Bytes of the packed form.
    long bytes() {
        return stepsAt(panels.count());
    }

    /// Where the number and the places of a panel's steps lie in the packed form.
    long stepsAt(int panel) {
        return panels.bytes() + panel * stepBytes();
    }

    /// Bytes from the places of a panel's steps to the next panel's.
    long stepBytes() {
        return (1L + steps) * Integer.BYTES;
    }

    /// Names the packed form.
    String form() {
        return "quads of " + arithmetic + " in " + panels.form() + " of " + right.form() + " at "
                + Arrays.hashCode(places);
    }

    /// Packs the factor.
    ///
    /// @param target zeros
    void pack(MemorySegment target) {
        for (int panel = 0; panel < panels.count(); panel++) {
            int width = panels.vectors(panel) * unit.lanes();
            var packed = new byte[(1 + steps) * width * QUAD];
            var large = split.get(panel);
            var columns = right.columns(panels.column(panel), panels.columns(panel), QUAD);
            for (int i = 0; i < columns.length; i++) {
                packColumn(columns[i], arithmetic, large, packed, i * QUAD, width * QUAD);
            }
            MemorySegment.copy(packed, 0, target, ValueLayout.JAVA_BYTE, panels.place(panel, 0), packed.length);
            long at = stepsAt(panel);
            target.set(ValueLayout.JAVA_INT, at, places.length + count(large));
            at += Integer.BYTES;
            for (int quad = 0; quad < places.length; quad++) {
                for (int step = large[quad] ? 2 : 1; step > 0; step--, at += Integer.BYTES) {
                    target.set(ValueLayout.JAVA_INT, at, places[quad]);
                }
            }
        }
    }

    private static void packColumn(
            int[] column, QuadArithmetic arithmetic, boolean[] large, byte[] packed, int at, int step) {
        int sum = 0;
        for (int number : column) {
            sum -= number;
        }
        for (int i = 0; i < Integer.BYTES; i++) {
            packed[at + i] = (byte) (sum >> i * Byte.SIZE);
        }
        int to = at + step;
        for (int quad = 0; quad < large.length; quad++) {
            for (int i = 0; i < QUAD; i++) {
                int number = column[quad * QUAD + i];
                int first = large[quad] ? arithmetic.first(number, i) : number;
                packed[to + i] = (byte) first;
                if (large[quad]) {
                    packed[to + step + i] = (byte) (number - first);
                }
            }
            to += large[quad] ? 2 * step : step;
        }
    }
}
