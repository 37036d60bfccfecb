package dev.balsa.onnx.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import dev.balsa.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random messages, written by protobuf-java and read here, and the other way round.
class WireOracleTest {
    /// One field: a tag number and a value whose class tells the wire type.
    private record Field(int number, Object value) {}

    static List<Long> seeds() {
        return Seeds.some(40);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void readsWhatProtobufWrites(long seed) throws IOException {
        var fields = randomFields(new Random(seed), 4);
        var bytes = byProtobuf(fields);
        assertThat(read(WireReader.of(MemorySegment.ofArray(bytes), Limits.DEFAULT), fields))
                .as("replay with -Dbalsa.seed=%d", seed)
                .isEqualTo(fields);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void keepsUnknownFieldsByteForByte(long seed) throws IOException {
        var bytes = byProtobuf(randomFields(new Random(seed), 4));
        var in = WireReader.of(MemorySegment.ofArray(bytes), Limits.DEFAULT);
        while (in.next()) {
            in.keep();
        }
        var written = bytes(new WireWriter(in.unknown()));
        assertThat(UnknownFieldSet.parseFrom(written))
                .as("replay with -Dbalsa.seed=%d", seed)
                .isEqualTo(UnknownFieldSet.parseFrom(bytes));
        assertThat(written).as("replay with -Dbalsa.seed=%d", seed).hasSameSizeAs(bytes);
    }

    @Test
    void writesWhatProtobufReads() throws IOException {
        var inner = new WireWriter(UnknownFields.NONE).string(1, "é").floats(2, List.of(1.5f, -0f));
        var large = new byte[100_000];
        new Random(1).nextBytes(large);
        var out = new WireWriter(UnknownFields.NONE)
                .int64(1, -1)
                .int64(2, 0)
                .int64Always(3, 0)
                .strings(4, List.of("", "b"))
                .message(5, inner)
                .bytes(536_870_911, MemorySegment.ofArray(large));
        var read = UnknownFieldSet.parseFrom(bytes(out));
        assertThat(read.getField(1).getVarintList()).containsExactly(-1L);
        assertThat(read.hasField(2)).isFalse();
        assertThat(read.getField(3).getVarintList()).containsExactly(0L);
        assertThat(read.getField(4).getLengthDelimitedList())
                .containsExactly(ByteString.EMPTY, ByteString.copyFromUtf8("b"));
        var nested = UnknownFieldSet.parseFrom(
                read.getField(5).getLengthDelimitedList().getFirst());
        assertThat(nested.getField(1).getLengthDelimitedList()).containsExactly(ByteString.copyFromUtf8("é"));
        assertThat(nested.getField(2).getFixed32List())
                .containsExactly(Float.floatToRawIntBits(1.5f), Float.floatToRawIntBits(-0f));
        assertThat(read.getField(536_870_911).getLengthDelimitedList()).containsExactly(ByteString.copyFrom(large));
    }

    @Test
    void addsUpSizesBeyondTwoGigabytes() {
        var huge = new WireWriter(UnknownFields.NONE);
        for (int i = 0; i < 3; i++) {
            huge.payload(1, new OfSize(1L << 31));
        }
        var outer = new WireWriter(UnknownFields.NONE).message(7, huge);
        assertThat(huge.size()).isEqualTo(3 * ((1L << 31) + 1 + 5));
        assertThat(outer.size()).isEqualTo(huge.size() + 1 + 5);
    }

    private record OfSize(long size) implements Payload {
        @Override
        public void writeTo(java.nio.channels.WritableByteChannel channel) {
            throw new AssertionError("sizes are known before anything is written");
        }
    }

    private static byte[] bytes(WireWriter message) throws IOException {
        var out = new ByteArrayOutputStream();
        message.writeTo(Channels.newChannel(out));
        assertThat((long) out.size()).isEqualTo(message.size());
        return out.toByteArray();
    }

    private static List<Field> randomFields(RandomGenerator random, int depth) {
        var fields = new ArrayList<Field>();
        int count = random.nextInt(8);
        for (int i = 0; i < count; i++) {
            int number = random.nextInt(3) == 0 ? 1 + random.nextInt(536_870_911) : 64 + random.nextInt(40);
            fields.add(new Field(Math.max(64, number), randomValue(random, depth)));
        }
        return fields;
    }

    private static Object randomValue(RandomGenerator random, int depth) {
        return switch (random.nextInt(depth > 0 ? 5 : 4)) {
            case 0 -> random.nextLong() >>> random.nextInt(64);
            case 1 -> Float.intBitsToFloat(random.nextInt(0x7f80_0000));
            case 2 -> "t".repeat(random.nextInt(300)) + "\u20ac";
            case 3 -> {
                var raw = new byte[random.nextInt(200)];
                random.nextBytes(raw);
                yield new Raw(HexFormat.of().formatHex(raw));
            }
            default -> randomFields(random, depth - 1);
        };
    }

    /// Bytes, in hexadecimal so that they compare by content.
    private record Raw(String hex) {}

    private static byte[] byProtobuf(List<?> fields) throws IOException {
        var out = new ByteArrayOutputStream();
        var coded = CodedOutputStream.newInstance(out);
        for (var item : fields) {
            var field = (Field) item;
            switch (field.value()) {
                case Long v -> coded.writeInt64(field.number(), v);
                case Float v -> coded.writeFloat(field.number(), v);
                case String v -> coded.writeString(field.number(), v);
                case Raw(var hex) ->
                    coded.writeByteArray(field.number(), HexFormat.of().parseHex(hex));
                case List<?> v -> coded.writeByteArray(field.number(), byProtobuf(v));
                default -> throw new AssertionError(field);
            }
        }
        coded.flush();
        return out.toByteArray();
    }

    /// Reads fields with the methods that the expected values call for.
    private static List<Field> read(WireReader in, List<?> expected) {
        var fields = new ArrayList<Field>();
        for (var item : expected) {
            assertThat(in.next()).isTrue();
            Object value = switch (((Field) item).value()) {
                case Long _ -> in.int64("v");
                case Float _ -> in.float32("v");
                case String _ -> in.string("v");
                case Raw _ -> new Raw(HexFormat.of().formatHex(in.bytes("v").toArray(ValueLayout.JAVA_BYTE)));
                case List<?> inner -> in.message("v", child -> read(child, inner));
                default -> throw new AssertionError(item);
            };
            fields.add(new Field(in.field(), value));
        }
        assertThat(in.next()).isFalse();
        return fields;
    }
}
