package dev.balsa.cli.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Files come apart into messages and go together again.
class WireTreeTest {
    @Test
    void aModelGoesTogetherAsItCameApart() {
        var node = field(4, "Relu".getBytes(StandardCharsets.UTF_8));
        var graph = join(field(1, node), field(2, new byte[] {'g'}));
        var model = join(new byte[] {1 << 3, 8}, field(7, graph), new byte[] {5 << 3, (byte) 0xFF, 1});
        var tree = WireTree.parse(model).orElseThrow();
        assertThat(WireTree.bytes(tree)).isEqualTo(model);
        assertThat(tree.parts()).hasSize(3);
        assertThat(tree.parts().get(1))
                .isInstanceOfSatisfying(
                        Part.Message.class,
                        message -> assertThat(message.kind()).isEqualTo(MessageKind.GRAPH));
        assertThat(tree.parts().get(2)).isEqualTo(new Part.Scalar(5, 0, 255));
    }

    @Test
    void whatIsNoMessageStaysABlock() {
        var model = field(7, new byte[] {(byte) 0xFF});
        assertThat(WireTree.parse(model).orElseThrow().parts().getFirst()).isInstanceOf(Part.Block.class);
        assertThat(WireTree.parse(new byte[] {7 << 3 | 2, 5})).isEmpty();
    }

    private static byte[] field(int number, byte[] content) {
        return join(new byte[] {(byte) (number << 3 | 2), (byte) content.length}, content);
    }

    private static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (var part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
