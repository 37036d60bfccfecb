package dev.balsa.ir.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.error.BalsaException;
import dev.balsa.error.ShapeException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AttentionTest {
    private final Random random = new Random(11);

    private Tensor random(long... dims) {
        var tensor = Tensor.allocate(DataType.FLOAT32, Shape.of(dims));
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setDouble(i, random.nextGaussian());
        }
        return tensor;
    }

    private static Tensor zeros(long... dims) {
        return Tensor.allocate(DataType.FLOAT32, Shape.of(dims));
    }

    private static Tensor rows(Tensor tensor, long from, long count) {
        long width = tensor.shape().dim(2);
        var part = zeros(1, count, width);
        part.copyElements(0, tensor, from * width, count * width);
        return part;
    }

    private static void assertSame(Tensor actual, Tensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.toFloatArray()).containsExactly(expected.toFloatArray(), within(1e-5F));
    }

    private static NodeModel attention() {
        return NodeModel.of("Attention", 24).with("q_num_heads", 4).with("kv_num_heads", 2);
    }

    @Test
    void continuesFromTheCacheAsIfItHadSeenAllAtOnce() {
        var q = random(1, 5, 4 * 3);
        var k = random(1, 5, 2 * 3);
        var v = random(1, 5, 2 * 6);
        var node = attention().with("is_causal", 1);
        var whole = node.run(3, q, k, v);
        var start = node.run(3, rows(q, 0, 3), rows(k, 0, 3), rows(v, 0, 3));
        var rest = node.run(3, rows(q, 3, 2), rows(k, 3, 2), rows(v, 3, 2), zeros(2, 5), start.get(1), start.get(2));
        assertSame(start.get(0), rows(whole.get(0), 0, 3));
        assertSame(rest.get(0), rows(whole.get(0), 3, 2));
        assertSame(rest.get(1), whole.get(1));
        assertSame(rest.get(2), whole.get(2));
    }

    @Test
    void hidesKeysPastTheEndOfAShortMask() {
        var q = random(1, 2, 12);
        var k = random(1, 4, 6);
        var v = random(1, 4, 6);
        var shortened = attention().run(q, k, v, zeros(2, 3));
        assertSame(shortened, attention().run(q, rows(k, 0, 3), rows(v, 0, 3)));
    }

    @Test
    void givesZerosToAQueryThatMaySeeNothing() {
        var mask = Tensor.of(new boolean[] {false, false, true, false}, 2, 2);
        var y = attention().run(random(1, 2, 12), random(1, 2, 6), random(1, 2, 6), mask);
        assertThat(rows(y, 0, 1).toFloatArray()).containsOnly(0);
        assertThat(rows(y, 1, 1).toFloatArray()).doesNotContain(0);
    }

    @Test
    void givesProductsBeforeTheLimit() {
        var q = Tensor.of(new float[] {3}, 1, 1, 1, 1);
        var k = Tensor.of(new float[] {5}, 1, 1, 1, 1);
        var node = NodeModel.of("Attention", 23).with("softcap", 2F);
        assertThat(node.run(4, q, k, k).get(3).getFloat(0)).isEqualTo(15);
        var capped = NodeModel.of("Attention", 23).with("softcap", 2F).with("qk_matmul_output_mode", 1);
        assertThat(capped.run(4, q, k, k).get(3).getFloat(0)).isCloseTo((float) (2 * Math.tanh(7.5)), within(1e-6F));
    }

    @Test
    void refusesWhatDoesNotFit() {
        var q = random(1, 2, 12);
        var k = random(1, 2, 6);
        assertThatThrownBy(() -> NodeModel.of("Attention", 23).run(q, k, k)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> attention().run(q, random(1, 2, 8), k))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("head sizes");
        assertThatThrownBy(() -> attention().run(q, k, k, zeros(2, 3)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("attn_mask");
        assertThatThrownBy(() -> attention().with("qk_matmul_output_mode", 4).run(q, k, k))
                .isInstanceOf(BalsaException.class);
    }

    @Test
    void walksLinearAttentionStepByStep() {
        var inputs = new Tensor[] {
            random(1, 4, 4 * 3),
            random(1, 4, 2 * 3),
            random(1, 4, 2 * 5),
            zeros(1, 2, 3, 5),
            random(1, 4, 2),
            random(1, 4, 1)
        };
        var node = NodeModel.of("LinearAttention", 27).with("q_num_heads", 4).with("kv_num_heads", 2);
        var whole = node.run(2, inputs);
        var state = inputs[3];
        for (int step = 0; step < 4; step++) {
            var now = new Tensor[inputs.length];
            for (int i = 0; i < now.length; i++) {
                now[i] = i == 3 ? state : rows(inputs[i], step, 1);
            }
            var results = node.run(2, now);
            assertSame(results.get(0), rows(whole.get(0), step, 1));
            state = results.get(1);
        }
        assertSame(state, whole.get(1));
    }

    @Test
    void refusesPositionsOutsideOfTheTable() {
        var x = random(1, 1, 2, 4);
        var table = random(3, 2);
        var node = NodeModel.of("RotaryEmbedding", 23);
        for (long position : new long[] {-1, 3, Long.MAX_VALUE}) {
            var positions = Tensor.of(new long[] {0, position}, 1, 2);
            assertThatThrownBy(() -> node.run(x, table, table, positions))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("position_ids");
        }
        assertThatThrownBy(() -> node.run(random(1, 1, 2, 3), table, table, Tensor.of(new long[] {0, 1}, 1, 2)))
                .isInstanceOf(ShapeException.class);
    }
}
