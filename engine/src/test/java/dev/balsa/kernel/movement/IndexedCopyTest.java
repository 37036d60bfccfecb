package dev.balsa.kernel.movement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.cpu.Isa;
import dev.balsa.error.ShapeException;
import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.SplitTrial;
import dev.balsa.kernel.movement.IndexedCopyRequest.Member;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IndexedCopyTest {
    private static final int CASES = Integer.getInteger("dev.balsa.kernel.cases", 120);
    /// Whose functions give no NaN of another kind, so that all bits of results are the same.
    private static final double[] UGLY = {Double.NaN, 0, -0.0, Float.MIN_VALUE};

    static IntStream seeds() {
        return IntStream.range(0, CASES);
    }

    /// The levels of code, and the portable one.
    private static List<Isa> levels() {
        return Stream.concat(Stream.of(Isa.PORTABLE), CodeTrial.levels()).toList();
    }

    /// A walk over `outer` times `inner` tuples into data of `outer` times the members' dimensions.
    private static final class Case {
        private final Random random;
        private final boolean scatter;
        private final long block;
        private final long outer;
        private final long inner;
        private final boolean shared;
        private final DataType type;
        private final List<Member> members = new ArrayList<>();
        private final Optional<ElementReduction> reduction;
        private final byte[] data;
        private final long[] indices;
        private final byte[] updates;

        Case(int seed) {
            random = new Random(seed);
            scatter = random.nextBoolean();
            reduction = scatter && random.nextBoolean() ? Optional.of(reduction(random)) : Optional.empty();
            long unit = reduction.map(known -> known.type().elementBytes()).orElse(1);
            block = unit
                    * (random.nextInt(3) == 0
                            ? 1L << random.nextInt(4)
                            : random.nextInt(random.nextInt(4) == 0 ? 9_000 : 90));
            boolean isLong = block > 100;
            outer = random.nextInt(1, isLong ? 3 : 6);
            inner = random.nextInt(random.nextInt(4) == 0 && !isLong ? 900 : 9);
            type = random.nextBoolean() ? DataType.INT64 : DataType.INT32;
            shared = random.nextBoolean() && !scatter;
            var sizes = IntStream.range(0, random.nextInt(1, 4))
                    .mapToObj(_ -> random.nextLong(1, isLong ? 3 : 8))
                    .toList();
            long stride = block;
            for (long size : sizes.reversed()) {
                members.addFirst(new Member(size, stride));
                stride *= size;
            }
            data = bytes(outer * stride);
            indices = new long[Math.toIntExact((shared ? inner : outer * inner) * members.size())];
            boolean consecutive = random.nextInt(3) == 0;
            for (int i = 0; i < indices.length; i++) {
                long size = members.get(i % members.size()).size();
                boolean isLast = (i + 1) % members.size() == 0;
                indices[i] = consecutive && isLast ? i / members.size() % size : random.nextLong(-size, size);
            }
            updates = bytes(scatter ? outer * inner * block : 0);
        }

        private static ElementReduction reduction(Random random) {
            return new ElementReduction(
                    List.of(BinaryFunction.ADD, BinaryFunction.MUL, BinaryFunction.MIN, BinaryFunction.MAX)
                            .get(random.nextInt(4)),
                    List.of(DataType.FLOAT32, DataType.FLOAT64, DataType.INT32, DataType.INT64)
                            .get(random.nextInt(4)));
        }

        private byte[] bytes(long count) {
            var bytes = new byte[Math.toIntExact(count)];
            random.nextBytes(bytes);
            if (reduction.isPresent() && reduction.get().type().isFloat()) {
                var tensor = tensor(bytes, 0, count);
                for (long i = 0; i < tensor.size(); i++) {
                    tensor.setDouble(
                            i, random.nextInt(9) == 0 ? UGLY[random.nextInt(UGLY.length)] : random.nextGaussian());
                }
                MemorySegment.copy(tensor.memory(), ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
            }
            return bytes;
        }

        private Tensor tensor(byte[] bytes, long at, long length) {
            var type = reduction.orElseThrow().type();
            var tensor = Tensor.allocate(type, Shape.of(length / type.elementBytes()));
            MemorySegment.copy(bytes, (int) at, tensor.memory(), ValueLayout.JAVA_BYTE, 0, (int) length);
            return tensor;
        }

        /// What becomes of a block of the data.
        private void meet(byte[] expected, int place, int side) {
            if (reduction.isEmpty()) {
                System.arraycopy(updates, side, expected, place, (int) block);
                return;
            }
            var there = tensor(expected, place, block);
            var update = tensor(updates, side, block);
            for (long i = 0; i < there.size(); i++) {
                if (there.type().isFloat()) {
                    there.setDouble(i, meet(there.getDouble(i), update.getDouble(i)));
                } else {
                    there.setLong(i, meet(there.getLong(i), update.getLong(i)));
                }
            }
            MemorySegment.copy(there.memory(), ValueLayout.JAVA_BYTE, 0, expected, place, (int) block);
        }

        private double meet(double a, double b) {
            return switch (reduction.orElseThrow().function()) {
                case ADD -> a + b;
                case MUL -> a * b;
                case MIN -> Math.min(a, b);
                default -> Math.max(a, b);
            };
        }

        private long meet(long a, long b) {
            return switch (reduction.orElseThrow().function()) {
                case ADD -> a + b;
                case MUL -> a * b;
                case MIN -> Math.min(a, b);
                default -> Math.max(a, b);
            };
        }

        IndexedCopyRequest request(Optional<MemorySegment> known) {
            return new IndexedCopyRequest(
                    scatter,
                    block,
                    data.length,
                    type,
                    members,
                    List.of(outer, inner),
                    List.of(data.length / outer, 0L),
                    List.of(shared ? 0 : inner, 1L),
                    known,
                    reduction);
        }

        byte[] expected() {
            var expected = scatter ? data.clone() : new byte[Math.toIntExact(outer * inner * block)];
            for (long o = 0, side = 0; o < outer; o++) {
                for (long i = 0; i < inner; i++, side += block) {
                    long place = o * (data.length / outer);
                    long tuple = (shared ? i : o * inner + i) * members.size();
                    for (int k = 0; k < members.size(); k++) {
                        long index = indices[(int) tuple + k];
                        var member = members.get(k);
                        place += (index < 0 ? index + member.size() : index) * member.stride();
                    }
                    if (scatter) {
                        meet(expected, (int) place, (int) side);
                    } else {
                        System.arraycopy(data, (int) place, expected, (int) side, (int) block);
                    }
                }
            }
            return expected;
        }
    }

    private static byte[] bytes(long[] indices, DataType type) {
        var bytes = ByteBuffer.allocate(indices.length * type.elementBytes()).order(ByteOrder.nativeOrder());
        for (long index : indices) {
            if (type == DataType.INT64) {
                bytes.putLong(index);
            } else {
                bytes.putInt((int) index);
            }
        }
        return bytes.array();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void copiesWhatIndicesSay(int seed) {
        var random = new Case(seed);
        var indices = bytes(random.indices, random.type);
        var expected = random.expected();
        for (var isa : levels()) {
            for (boolean constant : new boolean[] {false, true}) {
                try (var trial = new CodeTrial(seed)) {
                    trial.input(random.data);
                    trial.input(indices);
                    if (random.scatter) {
                        trial.input(random.updates);
                    }
                    var known = constant ? Optional.of(trial.constant(indices)) : Optional.<MemorySegment>empty();
                    var request = random.request(known);
                    var work = MovementKernels.indexed(isa).getFirst().prepare(request, trial);
                    assertThat(trial.runBytes(work, List.of((long) expected.length))
                                    .getFirst())
                            .as("%s, constant %s: %s", isa, constant, request)
                            .isEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void scattersIntoTheDataItself(int seed) {
        var random = new Case(seed);
        for (var isa : levels()) {
            if (random.scatter && !CodeTrial.emulates(isa)) {
                try (var trial = new CodeTrial()) {
                    var request = random.request(Optional.empty());
                    var work = MovementKernels.indexed(isa).getFirst().prepare(request, trial);
                    var found = SplitTrial.of(work, random.random)
                            .input(random.data)
                            .input(bytes(random.indices, random.type))
                            .input(random.updates)
                            .output(random.data.length)
                            .inPlaceOf(0)
                            .run();
                    assertThat(found.getFirst()).as("%s: %s", isa, request).isEqualTo(random.expected());
                }
            }
        }
    }

    @Test
    void refusesIndicesOutOfRange() {
        for (var isa : levels()) {
            for (long index :
                    new long[] {3, -4, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE}) {
                for (int place = 0; place < 14; place += 3) {
                    for (boolean constant : new boolean[] {false, true}) {
                        refuses(isa, index, place, constant);
                    }
                }
            }
        }
    }

    private static void refuses(Isa isa, long index, int place, boolean constant) {
        try (var trial = new CodeTrial()) {
            var numbers = new long[14];
            numbers[place] = index;
            var indices = bytes(numbers, DataType.INT64);
            trial.input(new byte[3 * 3 * 8]);
            trial.input(indices);
            var members = List.of(new Member(3, 24), new Member(3, 8));
            var request = new IndexedCopyRequest(
                    false,
                    8,
                    72,
                    DataType.INT64,
                    members,
                    List.of(7L),
                    List.of(0L),
                    List.of(1L),
                    constant ? Optional.of(trial.constant(indices)) : Optional.empty(),
                    Optional.empty());
            var work = MovementKernels.indexed(isa).getFirst().prepare(request, trial);
            assertThatThrownBy(() -> trial.runBytes(work, List.of(56L)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("input 1, element " + place + ": index " + index
                            + " is out of range; expected -3 to 2 in a dimension of length 3; check the indices input");
        }
    }

    @Test
    void makesFewLongBlocksOfNeighbours() {
        try (var trial = new CodeTrial()) {
            var indices = new ArrayList<Long>();
            for (long row : new long[] {5, 1}) {
                for (long column = 2; column < 6; column++) {
                    Collections.addAll(indices, row, column);
                }
            }
            var known = trial.constant(
                    bytes(indices.stream().mapToLong(Long::longValue).toArray(), DataType.INT64));
            var request = new IndexedCopyRequest(
                    true,
                    4,
                    240,
                    DataType.INT64,
                    List.of(new Member(6, 40), new Member(10, 4)),
                    List.of(8L),
                    List.of(0L),
                    List.of(1L),
                    Optional.of(known),
                    Optional.empty());
            var places = KnownPlaces.of(request).orElseThrow();
            assertThat(places.blockBytes()).isEqualTo(16);
            assertThat(places.count()).isEqualTo(2);
            assertThat(places.distinct()).isTrue();
        }
    }
}
