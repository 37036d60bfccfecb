package dev.balsa.kept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.cpu.Isa;
import dev.balsa.ir.Dim;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Clip;
import dev.balsa.run.Slot;
import dev.balsa.run.StepInfo;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Objects come back as they were, by the numbers that the build has given to their classes.
class KeptWriterTest {
    static Stream<Object> values() {
        var random = new Random(1);
        return Stream.of(
                0,
                -1,
                Integer.MIN_VALUE,
                Integer.MAX_VALUE,
                63,
                64,
                -65,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                1L << 40,
                -0.0f,
                Float.NaN,
                1.5f,
                Double.MIN_VALUE,
                -1e300,
                true,
                false,
                "",
                "größer als 127 ☃",
                "x".repeat(1000),
                List.of(),
                List.of(1, "a", List.of(2L)),
                new ArrayList<>(Arrays.asList(1, null, 2)),
                Arrays.asList(1, null),
                Collections.nCopies(3, "a"),
                IntStream.range(0, 5).boxed().toList(),
                Map.of(),
                new TreeMap<>(Map.of("b", 1L, "a", 2L)),
                Optional.empty(),
                Optional.of("a"),
                OptionalInt.empty(),
                OptionalInt.of(-7),
                OptionalLong.empty(),
                OptionalLong.of(1L << 50),
                Isa.AVX2,
                DataType.FLOAT32,
                Shape.of(1, 2, 3),
                new Value("x", new TensorType(DataType.INT8, SymbolicShape.of(List.of(Dim.of(3), Dim.UNKNOWN)))),
                new Slot.Memory(1L << 33, DataType.FLOAT16, Shape.scalar()),
                new StepInfo("a", "b", "c", "d", "e", "f", 1, 2),
                new Clip(),
                new boolean[] {true, false},
                random.ints(3).toArray(),
                random.ints(1000).toArray(),
                random.longs(3).toArray(),
                random.longs(1000).toArray(),
                new float[] {1, Float.NEGATIVE_INFINITY, -0.0f},
                new float[1000],
                random.doubles(5).toArray(),
                "some bytes".getBytes(StandardCharsets.UTF_8),
                new String[] {"a", null, "b"},
                new int[][] {{1, 2}, {}, random.ints(100).toArray()},
                LongStream.range(0, 3).mapToObj(Dim::of).toArray(Dim[]::new));
    }

    @ParameterizedTest
    @MethodSource("values")
    void comesBack(Object value) {
        var copy = KeptCopies.of(value);
        assertThat(Objects.deepEquals(copy, value)).as("%s", copy).isTrue();
        if (value.getClass().isArray()) {
            assertThat(copy).isExactlyInstanceOf(value.getClass());
        }
    }

    @Test
    void nullComesBack() {
        assertThat(KeptCopies.of(new ArrayList<>(Collections.singletonList(null))))
                .containsExactly((Object) null);
    }

    @Test
    void whatIsTheSameStaysTheSame() {
        var shared = new int[][] {{1}};
        var text = new String("a");
        var copy = KeptCopies.of(List.of(shared, shared[0], shared, text, text, Isa.AVX512, Isa.AVX512));
        assertThat(copy.get(2)).isSameAs(copy.get(0));
        assertThat(((int[][]) copy.get(0))[0]).isSameAs(copy.get(1));
        assertThat(copy.get(4)).isSameAs(copy.get(3));
        assertThat(copy.get(6)).isSameAs(Isa.AVX512);
    }

    @Test
    void listsThatNobodyCanChangeStayThatWay() {
        assertThatThrownBy(() -> KeptCopies.of(List.of(1)).add(2)).isInstanceOf(UnsupportedOperationException.class);
        var list = KeptCopies.of(new ArrayList<>(List.of(1)));
        list.add(2);
        assertThat(list).containsExactly(1, 2);
    }

    static Stream<Object> strangers() {
        var cycle = new Object[1];
        cycle[0] = cycle;
        return Stream.of(
                Thread.currentThread(), new HashMap<>(Map.of(1, 2)), (Runnable) () -> {}, new Random(1), cycle);
    }

    @ParameterizedTest
    @MethodSource("strangers")
    void whatMakesSenseHereOnlyIsNotKept(Object stranger) {
        var writer = new KeptWriter(_ -> OptionalInt.empty());
        assertThatThrownBy(() -> writer.write(List.of(stranger))).isInstanceOf(NotKeptException.class);
    }

    @Test
    void theBuildHasAName() {
        assertThat(KeptWriter.build()).matches("[0-9a-f]{64}");
    }
}
