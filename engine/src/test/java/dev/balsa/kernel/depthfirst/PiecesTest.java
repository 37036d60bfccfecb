package dev.balsa.kernel.depthfirst;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.Seeds;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Machine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which rows pieces make, and where these are.
class PiecesTest {
    private static final int ROW_BYTES = 64;

    static List<Long> seeds() {
        return Seeds.some(200);
    }

    /// Windows that move down images of one kind of row.
    private record Windows(RowWindow height) implements Layer {
        @Override
        public int images() {
            return 1;
        }

        @Override
        public int inputRows() {
            return height.input();
        }

        @Override
        public long inputRowBytes() {
            return ROW_BYTES;
        }

        @Override
        public int outputRows() {
            return height.output();
        }

        @Override
        public long outputRowBytes() {
            return ROW_BYTES;
        }

        @Override
        public RowRange sees(RowRange rows) {
            return height.sees(rows);
        }

        @Override
        public Extent extent(int operand) {
            return Extent.BY_ROW;
        }

        @Override
        public boolean supports(RowRange rows) {
            return true;
        }

        @Override
        public Piece piece(RowRange rows) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Cost cost(Machine machine) {
            return Cost.UNKNOWN;
        }
    }

    private static Windows windows(int input, int kernel, int stride, int pad) {
        return new Windows(new RowWindow(input, (input + 2 * pad - kernel) / stride + 1, kernel, stride, 1, pad));
    }

    /// Each layer follows the one before; some add what an earlier one made.
    private static List<Link> links(Random random, int count) {
        var links = new ArrayList<Link>();
        int rows = 12 + random.nextInt(30);
        for (int i = 0; i < count; i++) {
            int kernel = Math.min(rows, 1 + random.nextInt(4));
            var layer = windows(rows, kernel, rows < 6 ? 1 : 1 + random.nextInt(2), random.nextInt(kernel));
            rows = layer.outputRows();
            var operands = new ArrayList<>(List.of(i));
            int other = random.nextInt(i + 1);
            if (other > 0 && links.get(other - 1).layer().outputRows() == rows) {
                operands.add(other);
            }
            links.add(new Link(layer, operands));
        }
        return links;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsSeenIsThereAndNothingIsMadeTwiceInAStripe(long seed) {
        var random = new Random(seed);
        var links = links(random, 1 + random.nextInt(5));
        int count = 1 + random.nextInt(links.getLast().layer().outputRows());
        var pieces = new Pieces(links, 1, count, 1 + random.nextInt(count));
        var places = pieces.places();
        int done = 0;
        for (int stripe = 0; stripe < pieces.stripes(); stripe++) {
            var end = new HashMap<Integer, Integer>();
            for (var parts : pieces.parts(stripe).orElseThrow()) {
                for (int i = 0; i < links.size(); i++) {
                    var made = parts.get(i).made();
                    if (made.isPresent()) {
                        assertThat(made.get().from()).isGreaterThanOrEqualTo(end.getOrDefault(i, 0));
                        end.put(i, made.get().to());
                        assertHeld(links.get(i), made.get(), parts);
                    }
                    if (i < places.size()) {
                        assertThat(places.get(i).bytes())
                                .isGreaterThanOrEqualTo((long) parts.get(i).rows() * ROW_BYTES);
                    }
                }
                var last = parts.getLast().made().orElseThrow();
                assertThat(last.from()).isEqualTo(done);
                done = last.to();
            }
        }
        assertThat(done).isEqualTo(links.getLast().layer().outputRows());
    }

    private static void assertHeld(Link link, RowRange made, List<Pieces.Part> parts) {
        for (int operand = 0; operand < link.operands().size(); operand++) {
            int maker = link.operands().get(operand) - 1;
            if (maker >= 0) {
                var seen = Pieces.seen(link, operand, made);
                var held = parts.get(maker).held().orElseThrow();
                assertThat(seen.from()).isGreaterThanOrEqualTo(held.from());
                assertThat(seen.to()).isLessThanOrEqualTo(held.to());
            }
        }
    }

    @Test
    void onlyWhatSeveralStripesSeeIsMadeAgain() {
        var links = List.of(
                new Link(windows(24, 3, 1, 1), List.of(0)),
                new Link(windows(24, 3, 1, 1), List.of(1)),
                new Link(windows(24, 1, 1, 0), List.of(2)));
        assertThat(new Pieces(links, 1, 12, 1).rows(0)).containsExactly(24, 24, 24);
        var two = new Pieces(links, 1, 12, 2);
        assertThat(two.rows(0)).containsExactly(13, 12, 12);
        assertThat(two.rows(1)).containsExactly(13, 12, 12);
        // Of two rows a piece, the middle layer's windows see two more, which stay.
        assertThat(new Pieces(links, 1, 12, 1).bytes()).isEqualTo((4 + 2) * ROW_BYTES);
    }
}
