package dev.balsa.onnx.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ModelFormatException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WireReaderTest {
    private static WireReader reader(String hex) {
        return reader(hex, Limits.DEFAULT);
    }

    private static WireReader reader(String hex, Limits limits) {
        return WireReader.of(MemorySegment.ofArray(HexFormat.of().parseHex(hex.replace(" ", ""))), limits);
    }

    private static WireReader keepAll(WireReader in) {
        while (in.next()) {
            in.keep();
        }
        return in;
    }

    @Test
    void namesFieldPathAndOffsetWhenALengthLies() {
        var in = reader("0a 04 0a ff 7f 00");
        assertThatThrownBy(() -> {
                    in.next();
                    in.messages("node", new ArrayList<>(), node -> {
                        node.next();
                        return node.string("name");
                    });
                })
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("node[0].name: length-delimited field runs past its message; expected at most 1 bytes,"
                        + " found 16,383 (offset 3)");
    }

    @Test
    void takesLengthsOf64BitsAsUnsigned() {
        var in = reader("0a ff ff ff ff ff ff ff ff ff 01");
        in.next();
        assertThatThrownBy(() -> in.bytes("raw_data"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("found 18446744073709551615 (offset 1)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    08                               | varint is cut off
                    08 80                            | varint is cut off
                    08 ff ff ff ff ff ff ff ff ff ff | varint is too long
                    0d 00 00 00                      | fixed32 field is cut off
                    09 00 00 00 00 00 00 00          | fixed64 field is cut off
                    0a 01                            | runs past its message
                    0b 08 01                         | group is cut off
                    0b 14                            | group ends wrongly
                    0c                               | bad wire type
                    0f                               | bad wire type
                    00 00                            | bad field tag
                    82 80 80 80 80 01 00             | bad field tag
                    """)
    void refusesMalformedFields(String hex, String wrong) {
        assertThatThrownBy(() -> keepAll(reader(hex)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(wrong)
                .hasMessageContaining("offset");
    }

    @Test
    void skipsAndKeepsGroupsWhole() {
        var in = keepAll(reader("0b 13 08 05 14 22 01 61 0c 10 07"));
        assertThat(in.unknown().fields()).hasSize(2);
        assertThat(in.unknown().fields().getFirst().bytes().byteSize()).isEqualTo(9);
        assertThat(in.unknown().has(2)).isTrue();
        assertThat(in.unknown().has(3)).isFalse();
    }

    @Test
    void limitsTheNestingOfGroups() {
        var hex = "0b".repeat(100_000) + "0c".repeat(100_000);
        assertThatThrownBy(() -> keepAll(reader(hex)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("nested too deeply");
    }

    @Test
    void readsPackedAndUnpackedEntriesAlike() {
        var values = new ArrayList<Long>();
        var in = reader("0a 03 01 ac 02 08 05 0a 00");
        while (in.next()) {
            in.int64s("dims", values);
        }
        assertThat(values).containsExactly(1L, 300L, 5L);
    }

    @Test
    void joinsRunsOfPackedScalars() {
        var join = new PackedJoin();
        var in = reader("0a 02 01 02 08 ac 02 0a 01 03");
        while (in.next()) {
            join = in.packedVarints("int64_data", join);
        }
        var values = new ArrayList<Long>();
        join.scalars().forEachVarint("here", values::add);
        assertThat(values).containsExactly(1L, 2L, 300L, 3L);
        assertThat(join.scalars().varintCount()).isEqualTo(4);
    }

    @Test
    void refusesAFieldOfAnotherWireType() {
        var in = reader("08 01");
        in.next();
        assertThatThrownBy(() -> in.string("name"))
                .hasMessage("name: wrong wire type; expected length-delimited, found varint (offset 0)");
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        var in = reader("0a 02 c3 28");
        in.next();
        assertThatThrownBy(() -> in.string("name"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void takesAReplacementCharacterThatIsReallyThere() {
        var in = reader("0a 03 ef bf bd");
        in.next();
        assertThat(in.string("name")).isEqualTo("\uFFFD");
    }

    @Test
    void refusesASingleMessageThatOccursTwice() {
        var in = reader("0a 00 0a 00");
        in.next();
        in.message("graph", WireReader::unknown);
        in.next();
        assertThatThrownBy(() -> in.message("graph", WireReader::unknown)).hasMessageContaining("occurs twice");
    }

    @Test
    void enforcesItsLimits() {
        var tight = new Limits(2, 3, 4, 2, 8);
        var text = reader("0a 05 61 61 61 61 61", tight);
        text.next();
        assertThatThrownBy(() -> text.string("name")).hasMessageContaining("string is too long");
        var list = reader("0a 03 01 02 03", tight);
        list.next();
        assertThatThrownBy(() -> list.int64s("dims", new ArrayList<>())).hasMessageContaining("too many entries");
        assertThatThrownBy(() -> keepAll(reader("0801 0801 0801 0801", tight)))
                .hasMessageContaining("too many messages");
        assertThatThrownBy(() -> nest(reader("0a 06 0a 04 0a 02 0a 00", tight)))
                .hasMessageContaining("nested too deeply");
    }

    private static List<Object> nest(WireReader in) {
        var inner = new ArrayList<>();
        while (in.next()) {
            in.messages("g", inner, WireReaderTest::nest);
        }
        return inner;
    }
}
