package dev.balsa.kernel.conv;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Windows of ugly sizes, and the way over their positions.
final class RandomWindow {
    private RandomWindow() {}

    /// A window of 1 to 3 dimensions with at least one output position.
    static Window convolution(Random random) {
        while (true) {
            var window = sizes(random);
            var output = new ArrayList<Integer>();
            for (int i = 0; i < window.rank(); i++) {
                var reach = (window.kernel().get(i) - 1) * window.dilations().get(i) + 1;
                var padded = window.input().get(i) + window.pads().get(i) + random.nextInt(3);
                output.add(
                        padded < reach ? 0 : (padded - reach) / window.strides().get(i) + 1);
            }
            if (!output.contains(0)) {
                return with(window, output);
            }
        }
    }

    /// A window for a transposed convolution.
    static Window transposed(Random random) {
        while (true) {
            var window = sizes(random);
            var output = new ArrayList<Integer>();
            for (int i = 0; i < window.rank(); i++) {
                var reach = (window.kernel().get(i) - 1) * window.dilations().get(i) + 1;
                var full = (window.input().get(i) - 1) * window.strides().get(i) + reach;
                output.add(full - window.pads().get(i) - random.nextInt(3) + random.nextInt(2));
            }
            if (output.stream().allMatch(size -> size > 0)) {
                return with(window, output);
            }
        }
    }

    private static Window with(Window window, List<Integer> output) {
        return new Window(window.input(), window.kernel(), window.strides(), window.dilations(), window.pads(), output);
    }

    private static Window sizes(Random random) {
        var rank = 1 + random.nextInt(3);
        var plain = random.nextInt(4) == 0;
        var most = rank == 3 ? 6 : rank == 2 ? 20 : 90;
        var input = draw(random, rank, 1, most);
        if (plain) {
            var ones = Collections.nCopies(rank, 1);
            return new Window(input, ones, ones, ones, Collections.nCopies(rank, 0), input);
        }
        return new Window(
                input,
                draw(random, rank, 1, rank == 3 ? 3 : 5),
                draw(random, rank, 1, 3),
                draw(random, rank, 1, 2),
                draw(random, rank, 0, 3),
                input);
    }

    private static List<Integer> draw(Random random, int count, int least, int most) {
        return random.ints(count, least, most + 1).boxed().toList();
    }

    /// Sees one meeting of an output position, a kernel position and an image position, as flat indices.
    interface Meeting {
        void at(int output, int tap, int input);
    }

    /// All meetings of a convolution; for a transposed one, of the convolution from its output to its input.
    static void forEach(Window window, boolean transposed, Meeting meeting) {
        var w = window.lifted();
        var from = transposed ? w.output() : w.input();
        var to = transposed ? w.input() : w.output();
        for (int o = 0; o < volume(to); o++) {
            for (int k = 0; k < volume(w.kernel()); k++) {
                var flat = 0;
                var inside = true;
                for (int i = 0; i < 3; i++) {
                    var at = position(to, o, i) * w.strides().get(i)
                            + position(w.kernel(), k, i) * w.dilations().get(i)
                            - w.pads().get(i);
                    inside &= at >= 0 && at < from.get(i);
                    flat = flat * from.get(i) + at;
                }
                if (inside) {
                    meeting.at(o, k, flat);
                }
            }
        }
    }

    private static int volume(List<Integer> sizes) {
        return sizes.get(0) * sizes.get(1) * sizes.get(2);
    }

    private static int position(List<Integer> sizes, int flat, int dimension) {
        return switch (dimension) {
            case 0 -> flat / sizes.get(2) / sizes.get(1);
            case 1 -> flat / sizes.get(2) % sizes.get(1);
            default -> flat % sizes.get(2);
        };
    }

    /// Random floats between -1 and 1.
    static float[] floats(Random random, long count) {
        var values = new float[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }
}
