package dev.balsa.bench;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Reading a tensor of a narrow floating-point type as floats, against reading one that holds floats already.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HalfConversionBenchmark {

    private static final int ELEMENTS = 1 << 14;

    @Param({"FLOAT16", "BFLOAT16", "FLOAT32"})
    DataType type = DataType.FLOAT32;

    private Tensor tensor = Tensor.of(new float[0], 0);

    /// Fills the tensor with the same values for every type.
    @Setup
    public void fill() {
        var random = new Random(17);
        tensor = Tensor.allocate(type, Shape.of(ELEMENTS));
        for (int i = 0; i < ELEMENTS; i++) {
            tensor.setDouble(i, random.nextGaussian());
        }
    }

    /// All elements as a new array.
    @Benchmark
    public float[] toFloatArray() {
        return tensor.toFloatArray();
    }
}
