package dev.balsa.ir.leaf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Equal;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Where;
import dev.balsa.ir.view.Squeeze;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeafTest {
    private static Tensor scalar(long value) {
        return Tensor.of(new long[] {value});
    }

    private static Tensor scalar(float value) {
        return Tensor.of(new float[] {value});
    }

    @Test
    void countsUpAndDown() {
        var range = NodeModel.of("Range", 11);
        assertThat(range.run(scalar(10), scalar(3), scalar(-3)).toLongArray()).containsExactly(10, 7, 4);
        assertThat(range.run(scalar(3), scalar(3), scalar(1)).size()).isZero();
        assertThat(range.run(scalar(1F), scalar(2F), scalar(0.4F)).toFloatArray())
                .containsExactly(1, 1.4F, 1.8F);
        assertThat(range.run(scalar(Long.MAX_VALUE - 1), scalar(Long.MAX_VALUE), scalar(5))
                        .toLongArray())
                .containsExactly(Long.MAX_VALUE - 1);
    }

    @Test
    void refusesEndlessRanges() {
        var range = NodeModel.of("Range", 11);
        assertThatThrownBy(() -> range.run(scalar(1), scalar(2), scalar(0))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> range.run(scalar(1F), scalar(2F), scalar(0F))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> range.run(scalar(1F), scalar(Float.NaN), scalar(1F)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> range.run(scalar(Long.MIN_VALUE), scalar(Long.MAX_VALUE), scalar(1)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void followsLengthsThroughShapeAndRange() {
        var builder = new GraphBuilder("g");
        var dims = SymbolicShape.of(Dim.symbol("batch"), Dim.of(3), Dim.symbol("seq"));
        var x = builder.input("x", new TensorType(DataType.FLOAT32, dims));
        var size = builder.add(new Size(), x);
        var zero = builder.constant("zero", scalar(0));
        var one = builder.constant("one", scalar(1));
        var range = builder.add(new Range(), zero, size, one);
        assertThat(range.type()).hasToString("i64[3*batch*seq]");
        var tail = builder.add(new Shape(-2, Optional.of(99L)), x);
        assertThat(builder.add(new ConstantOfShape(DataType.BOOL, 1), tail).type())
                .hasToString("bool[3,seq]");
    }

    @Test
    void followsLengthsThroughChoices() {
        var builder = new GraphBuilder("g");
        var dims = SymbolicShape.of(Dim.symbol("batch"), Dim.of(3), Dim.symbol("seq"));
        var x = builder.input("x", new TensorType(DataType.FLOAT32, dims));
        var from = builder.add(new Shape(0, Optional.of(1L)), x);
        var scalar = builder.add(new Squeeze(), from, builder.constant("axis", Tensor.of(new long[1], 1)));
        var all = builder.add(new Add(), scalar, builder.add(new Size(), x));
        assertThat(builder.add(new Range(), scalar, all, builder.constant("one", scalar(1)))
                        .type())
                .as("from one length on")
                .hasToString("i64[3*batch*seq]");
        // What PyTorch writes to repeat heads: -1 stands for a length as it is.
        var target = builder.add(new Shape(0, Optional.empty()), x);
        var ones = builder.add(
                new ConstantOfShape(DataType.INT64, 1), builder.add(new Shape(0, Optional.empty()), target));
        var left = builder.add(new Mul(), ones, builder.constant("minus", scalar(-1)));
        var isLeft = builder.add(new Equal(), target, left);
        var chosen = builder.add(new Where(), isLeft, ones, target);
        assertThat(builder.add(new ConstantOfShape(DataType.FLOAT32, 0), chosen).type())
                .hasToString("f32[batch,3,seq]");
        var three = builder.constant("three", Tensor.of(new long[] {3, 3, 3}, 3));
        var unsure = builder.add(new Where(), builder.add(new Equal(), target, three), ones, target);
        assertThat(builder.add(new ConstantOfShape(DataType.FLOAT32, 0), unsure).type())
                .hasToString("f32[?,?,?]");
    }

    @Test
    void placesDiagonals() {
        var x = Tensor.of(new int[6], 2, 3);
        assertThat(NodeModel.of("EyeLike", 9).with("k", -1).run(x).toLongArray())
                .containsExactly(0, 0, 0, 1, 0, 0);
        assertThat(NodeModel.of("EyeLike", 9).with("k", Long.MIN_VALUE).run(x).toLongArray())
                .containsOnly(0);
        assertThat(NodeModel.of("EyeLike", 9).with("k", Long.MAX_VALUE).run(x).toLongArray())
                .containsOnly(0);
    }

    @Test
    void makesShortWindows() {
        var window = NodeModel.of("BlackmanWindow", 17).with("periodic", 0).with("output_datatype", 11);
        assertThat(window.run(scalar(1)).toDoubleArray()).containsExactly(1);
        assertThat(window.run(scalar(0)).toDoubleArray()).isEmpty();
        assertThatThrownBy(() -> window.run(scalar(-1))).isInstanceOf(ShapeException.class);
    }
}
