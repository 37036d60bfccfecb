package dev.balsa.kernel.attention;

import dev.balsa.kernel.Trials;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntPredicate;

/// A random problem of attention with its operands, and what should come out.
final class RandomAttention {
    /// What masks add to hide a key.
    private static final float[] LOW = {Float.NEGATIVE_INFINITY, -Float.MAX_VALUE, -1e9f};

    private final Random random;
    private final AttentionRequest request;
    private final List<byte[]> inputs = new ArrayList<>();
    private final List<Long> outputBytes = new ArrayList<>();
    private final int batch;
    private final int keyHeads;
    private final int group;

    /// Sizes of a problem.
    private record Sizes(int batch, int keyHeads, int group, int queries, int keys, int size, int valueSize) {
        /// @param most bounds the multiply-adds
        static Sizes of(Random random, int most) {
            int batch = 1 + random.nextInt(3);
            int keyHeads = 1 + random.nextInt(4);
            int group = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 1;
            int queries = random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(random.nextBoolean() ? 12 : 90);
            int size = 1 + random.nextInt(random.nextBoolean() ? 20 : 150);
            int valueSize = random.nextBoolean() ? size : 1 + random.nextInt(100);
            int heads = batch * keyHeads * group;
            int mostKeys = Math.clamp(most / ((long) heads * queries * (size + valueSize)), 1, 1500);
            int keys = 1 + random.nextInt(random.nextBoolean() ? mostKeys : Math.min(mostKeys, 30));
            return new Sizes(batch, keyHeads, group, queries, keys, size, valueSize);
        }

        /// Many keys, and so many queries that masks are looked at.
        static Sizes ofManyKeys(Random random) {
            return new Sizes(
                    1,
                    1 + random.nextInt(2),
                    1 + random.nextInt(2),
                    7 + random.nextInt(14),
                    129 + random.nextInt(400),
                    1 + random.nextInt(4),
                    1 + random.nextInt(4));
        }
    }

    /// Any problem.
    ///
    /// @param most bounds the multiply-adds
    RandomAttention(Random random, int most) {
        this(random, Sizes.of(random, most), false);
    }

    /// One of many keys with a mask, which hides some of them as masks of models do.
    static RandomAttention masked(Random random) {
        return new RandomAttention(random, Sizes.ofManyKeys(random), true);
    }

    private RandomAttention(Random random, Sizes sizes, boolean isMasked) {
        this.random = random;
        batch = sizes.batch;
        keyHeads = sizes.keyHeads;
        group = sizes.group;
        int queries = sizes.queries;
        int keys = sizes.keys;
        int size = sizes.size;
        int valueSize = sizes.valueSize;
        int heads = batch * keyHeads * group;
        var cache = isMasked ? Optional.<Cache>empty() : cache(keys, size, valueSize);
        int earlier = cache.map(Cache::earlier).orElse(0);
        float cap = random.nextInt(5) == 0 ? 0.5f + random.nextFloat() * 4 : 0;
        float scale = random.nextInt(10) == 0 ? -0.5f : (float) (1 / Math.sqrt(size)) * (1 + random.nextInt(2));
        var q = operand(queries, size, keyHeads * group, false);
        var k = cache.map(Cache::keys).orElseGet(() -> operand(keys, size, keyHeads, random.nextInt(5) == 0));
        if (cache.isPresent()) {
            add(cache.get().keys(), keys - earlier, size);
        }
        var v = cache.map(Cache::values).orElseGet(() -> operand(keys, valueSize, keyHeads, false));
        if (cache.isPresent()) {
            add(cache.get().values(), keys - earlier, valueSize);
        }
        var mask = isMasked ? Optional.of(any(queries, keys)) : mask(queries, keys);
        if (earlier > 0) {
            inputs.add(floats((long) batch * keyHeads * earlier * size));
            inputs.add(floats((long) batch * keyHeads * earlier * valueSize));
        }
        var y = matrices(queries, valueSize, keyHeads * group);
        outputBytes.add((long) heads * queries * valueSize * Float.BYTES);
        if (cache.isPresent() && cache.get().givesKeys()) {
            outputBytes.add((long) batch * keyHeads * keys * size * Float.BYTES);
        }
        if (cache.isPresent() && cache.get().givesValues()) {
            outputBytes.add((long) batch * keyHeads * keys * valueSize * Float.BYTES);
        }
        Optional<Long> before = !isMasked && random.nextInt(3) == 0
                ? Optional.of((long) keys - queries - random.nextInt(4))
                : Optional.empty();
        request = new AttentionRequest(
                queries,
                keys,
                size,
                valueSize,
                scale,
                cap,
                q,
                shared(cache.isPresent() ? Matrices.dense(batch * keyHeads, keys, size) : k),
                shared(cache.isPresent() ? Matrices.dense(batch * keyHeads, keys, valueSize) : v),
                y,
                mask,
                before,
                random.nextBoolean(),
                cache);
    }

    AttentionRequest request() {
        return request;
    }

    List<byte[]> inputs() {
        return inputs;
    }

    List<Long> outputBytes() {
        return outputBytes;
    }

    private Optional<Cache> cache(int keys, int size, int valueSize) {
        if (random.nextInt(4) > 0) {
            return Optional.empty();
        }
        int earlier = random.nextInt(3) == 0 ? 0 : random.nextInt(keys + 1);
        return Optional.of(new Cache(
                batch * keyHeads,
                earlier,
                keys - earlier,
                matrices(keys - earlier, size, keyHeads),
                matrices(keys - earlier, valueSize, keyHeads),
                random.nextBoolean(),
                random.nextBoolean()));
    }

    /// Matrices of all heads in one tensor without gaps: heads one after the other, or side by side.
    private Matrices matrices(int rows, int columns, int heads) {
        boolean sideBySide = random.nextBoolean();
        var offsets = new ArrayList<Long>();
        for (int b = 0; b < batch; b++) {
            for (int head = 0; head < heads; head++) {
                offsets.add(
                        sideBySide
                                ? ((long) b * rows * heads + head) * columns
                                : ((long) b * heads + head) * rows * columns);
            }
        }
        return new Matrices(offsets, sideBySide ? (long) heads * columns : columns, 1);
    }

    private Matrices operand(int rows, int columns, int heads, boolean turned) {
        if (!turned) {
            var matrices = matrices(rows, columns, heads);
            add(matrices, rows, columns);
            return matrices;
        }
        var dense = Matrices.dense(batch * heads, rows, columns);
        add(dense, rows, columns);
        return new Matrices(dense.offsets(), 1, rows);
    }

    private void add(Matrices matrices, int rows, int columns) {
        inputs.add(floats((long) matrices.offsets().size() * rows * columns));
    }

    private byte[] floats(long count) {
        var values = Trials.floats(random, count);
        var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    /// The matrices of keys or values for each head of queries.
    private Matrices shared(Matrices matrices) {
        var offsets = new ArrayList<Long>();
        matrices.offsets().forEach(offset -> offsets.addAll(Collections.nCopies(group, offset)));
        return new Matrices(offsets, matrices.row(), matrices.column());
    }

    private Optional<AttentionMask> mask(int queries, int keys) {
        if (random.nextBoolean()) {
            return Optional.empty();
        }
        if (random.nextInt(3) == 0) {
            return Optional.of(ranges(queries, keys));
        }
        return Optional.of(any(queries, keys));
    }

    /// A mask of any kind but ranges.
    private AttentionMask any(int queries, int keys) {
        var kind = MaskKind.values()[random.nextInt(3)];
        boolean perHead = random.nextBoolean();
        boolean perQuery = random.nextBoolean();
        int heads = batch * keyHeads * group;
        int rows = perQuery ? queries : 1;
        int count = (perHead ? heads : 1) * rows * keys;
        var hides = hidden(rows, keys);
        var offsets = new ArrayList<Long>();
        for (int head = 0; head < heads; head++) {
            offsets.add(perHead ? (long) head * rows * keys : 0);
        }
        if (kind == MaskKind.ADDED) {
            var values = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.nativeOrder());
            for (int i = 0; i < count; i++) {
                values.putFloat(
                        hides.test(i)
                                ? LOW[random.nextInt(LOW.length)]
                                : switch (random.nextInt(4)) {
                                    case 0 -> Float.NEGATIVE_INFINITY;
                                    case 1 -> -Float.MAX_VALUE;
                                    default -> (float) random.nextGaussian();
                                });
            }
            inputs.add(values.array());
        } else {
            var values = new byte[count];
            int seldom = 1 + random.nextInt(20);
            for (int i = 0; i < count; i++) {
                boolean isSet = hides.test(i) ? kind == MaskKind.HIDDEN : random.nextInt(seldom) == 0;
                values[i] = (byte) (isSet ? 1 : 0);
            }
            inputs.add(values);
        }
        float hidden = random.nextBoolean() ? Float.NEGATIVE_INFINITY : -1e9f;
        return new AttentionMask(kind, new Matrices(offsets, perQuery ? keys : 0, 1), hidden);
    }

    /// Which elements of a mask hide keys in any case: none, those behind a query's own, those far before it,
    /// those of padding at either end, or all of some queries.
    private IntPredicate hidden(int rows, int keys) {
        int which = random.nextInt(5);
        int length = 1 + random.nextInt(keys);
        return i -> {
            int key = i % keys;
            int own = keys - rows + i / keys % rows;
            return switch (which) {
                case 0 -> key > own;
                case 1 -> key > own || key + length <= own;
                case 2 -> key >= length;
                case 3 -> key < keys - length || own % 7 == 3;
                default -> false;
            };
        };
    }

    /// Ranges of keys: of sequences one after the other, or any, of which some are empty or reach out of the
    /// keys.
    private AttentionMask ranges(int queries, int keys) {
        boolean areSequences = random.nextInt(3) > 0;
        boolean perHead = random.nextInt(4) == 0;
        boolean perQuery = areSequences || random.nextBoolean();
        int heads = batch * keyHeads * group;
        int rows = perQuery ? queries : 1;
        int count = (perHead ? heads : 1) * rows;
        var bounds = ByteBuffer.allocate(2 * count * Integer.BYTES).order(ByteOrder.nativeOrder());
        int first = 0;
        int end = 0;
        for (int i = 0; i < count; i++) {
            if (!areSequences) {
                first = random.nextInt(keys + 6) - 3;
                end = first + random.nextInt(keys + 6) - 3;
            } else if (i % rows == 0 || random.nextInt(1 + rows / 3) == 0) {
                first = i % rows == 0 || end >= keys ? 0 : end;
                end = first + 1 + random.nextInt(keys - first);
            }
            bounds.putInt(first);
            bounds.putInt(end);
        }
        inputs.add(bounds.array());
        var offsets = new ArrayList<Long>();
        for (int head = 0; head < heads; head++) {
            offsets.add(perHead ? 2L * head * rows : 0);
        }
        return new AttentionMask(MaskKind.WITHIN, new Matrices(offsets, perQuery ? 2 : 0, 1), 0);
    }

    private static double[] doubles(byte[] bytes) {
        var floats = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer();
        var values = new double[floats.remaining()];
        Arrays.setAll(values, floats::get);
        return values;
    }

    /// The outputs in double precision.
    List<double[]> expected() {
        var all = new ArrayList<double[]>();
        var keys = together(1, request.size());
        var values = together(2, request.valueSize());
        all.add(results(doubles(inputs.get(0)), keys, values));
        request.cache().filter(Cache::givesKeys).ifPresent(_ -> all.add(keys));
        request.cache().filter(Cache::givesValues).ifPresent(_ -> all.add(values));
        return all;
    }

    private double[] together(int operand, int columns) {
        var added = doubles(inputs.get(operand));
        if (request.cache().isEmpty()) {
            return added;
        }
        var cache = request.cache().get();
        var matrices = operand == 1 ? cache.keys() : cache.values();
        var all = new double[cache.heads() * request.keys() * columns];
        for (int head = 0; head < cache.heads(); head++) {
            for (int key = 0; key < request.keys(); key++) {
                for (int c = 0; c < columns; c++) {
                    int to = (head * request.keys() + key) * columns + c;
                    if (key < cache.earlier()) {
                        int past = inputs.size() - 3 + operand;
                        all[to] = doubles(inputs.get(past))[(head * cache.earlier() + key) * columns + c];
                    } else {
                        all[to] = added[place(matrices, head, key - cache.earlier(), c)];
                    }
                }
            }
        }
        return all;
    }

    private static int place(Matrices matrices, int head, int row, int column) {
        return (int) (matrices.offsets().get(head) + row * matrices.row() + column * matrices.column());
    }

    private double[] results(double[] q, double[] k, double[] v) {
        var y = new double[request.heads() * request.queries() * request.valueSize()];
        for (int head = 0; head < request.heads(); head++) {
            for (int query = 0; query < request.queries(); query++) {
                var weights = weights(q, k, head, query);
                for (int c = 0; c < request.valueSize(); c++) {
                    double sum = 0;
                    for (int key = 0; key < weights.length; key++) {
                        sum += weights[key] * v[place(request.v(), head, key, c)];
                    }
                    y[place(request.y(), head, query, c)] = sum;
                }
            }
        }
        return y;
    }

    private double[] weights(double[] q, double[] k, int head, int query) {
        var scores = new double[request.keys()];
        for (int key = 0; key < scores.length; key++) {
            double sum = 0;
            for (int c = 0; c < request.size(); c++) {
                sum += q[place(request.q(), head, query, c)] * k[place(request.k(), head, key, c)];
            }
            scores[key] = masked(capped(sum * request.scale()), head, query, key);
        }
        double greatest = Arrays.stream(scores).max().orElseThrow();
        if (greatest == Double.NEGATIVE_INFINITY && request.zeroIfHidden()) {
            return new double[scores.length];
        }
        double sum = 0;
        for (int key = 0; key < scores.length; key++) {
            scores[key] = Math.exp(scores[key] - greatest);
            sum += scores[key];
        }
        for (int key = 0; key < scores.length; key++) {
            scores[key] /= sum;
        }
        return scores;
    }

    private double capped(double score) {
        return request.cap() == 0 ? score : request.cap() * Math.tanh(score / request.cap());
    }

    private double masked(double score, int head, int query, int key) {
        if (request.before().isPresent() && key > request.before().get() + query) {
            return Double.NEGATIVE_INFINITY;
        }
        if (request.mask().isEmpty()) {
            return score;
        }
        var mask = request.mask().get();
        int at = place(mask.matrices(), head, query, mask.kind() == MaskKind.WITHIN ? 0 : key);
        var memory = inputs.get(3);
        return switch (mask.kind()) {
            case ADDED ->
                (float) score
                        + ByteBuffer.wrap(memory).order(ByteOrder.nativeOrder()).getFloat(4 * at);
            case SEEN -> memory[at] == 0 ? mask.hidden() : score;
            case HIDDEN -> memory[at] != 0 ? mask.hidden() : score;
            case WITHIN -> {
                var bounds =
                        ByteBuffer.wrap(memory).order(ByteOrder.nativeOrder()).asIntBuffer();
                yield key >= bounds.get(at) && key < bounds.get(at + 1) ? score : Double.NEGATIVE_INFINITY;
            }
        };
    }
}
