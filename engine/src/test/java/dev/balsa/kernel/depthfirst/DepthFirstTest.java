package dev.balsa.kernel.depthfirst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.conv.ChannelsLastConvRequest;
import dev.balsa.kernel.conv.ConvKernels;
import dev.balsa.kernel.conv.Window;
import dev.balsa.kernel.elementwise.ElementwiseKernels;
import dev.balsa.kernel.elementwise.ElementwiseRequest;
import dev.balsa.kernel.pool.PoolFunction;
import dev.balsa.kernel.pool.PoolKernels;
import dev.balsa.kernel.pool.PoolRequest;
import dev.balsa.kernel.vector.VectorProvider;
import dev.balsa.tensor.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Layers made depth first against the same layers one after the other.
class DepthFirstTest {
    private static final int CASES = 150;

    static Stream<Isa> levels() {
        return Stream.concat(CodeTrial.levels(), Stream.of(Isa.AMX));
    }

    /// Images with channels last, as layers hand them on.
    private record Image(int batch, int height, int width, int channels) {
        int elements() {
            return batch * height * width * channels;
        }
    }

    /// A layer by itself: what it is given beside its input, and where the residual comes from, if there is any.
    ///
    /// @param residual the number of an earlier image: 0 is the input of all, then what layers make
    private record Part<R>(
            Kernel<R> kernel, R request, Image output, Optional<float[]> weights, Optional<Integer> residual) {
        Layer layer(Constants constants) {
            return kernel.layer(request, constants).orElseThrow();
        }

        Work prepare(Constants constants) {
            return kernel.prepare(request, constants);
        }
    }

    @ParameterizedTest
    @MethodSource("levels")
    void randomLayersGiveWhatTheyGiveOneAfterTheOther(Isa isa) {
        for (int seed = 0; seed < CodeTrial.cases(isa, CASES); seed++) {
            check(seed, isa);
        }
    }

    private static void check(int seed, Isa isa) {
        var random = new Random(seed);
        var first = new Image(
                1 + random.nextInt(2), 3 + random.nextInt(14), 1 + random.nextInt(12), 1 + random.nextInt(20));
        try (var trial = new CodeTrial(seed)) {
            var input = floats(random, first.elements());
            trial.input(input);
            var images = new ArrayList<>(List.of(first));
            var parts = new ArrayList<Part<?>>();
            int count = 1 + random.nextInt(4);
            for (int i = 0; i < count; i++) {
                var part =
                        random.nextInt(4) == 0 ? pool(random, images.getLast(), isa) : conv(random, images, isa, trial);
                parts.add(part);
                images.add(part.output);
            }
            var links = links(parts, trial);
            var last = images.getLast();
            int most = Math.min(last.height, 1 + random.nextInt(6));
            var pieces = new Pieces(links, externals(parts), most, 1 + random.nextInt(most));
            if (!pieces.areSupported()) {
                return;
            }
            var found = trial.run(new DepthFirstWork(pieces), last.elements());
            compare(seed, parts, found, expected(parts, input));
            pieces.withRowMeans().ifPresent(more -> checkMeans(seed, new DepthFirstWork(more), trial, last, found));
        }
    }

    private static void checkMeans(int seed, Work work, CodeTrial trial, Image image, float[] output) {
        int channels = image.channels;
        int rows = image.batch * image.height;
        var found = trial.run(work, List.of(rows * channels, output.length));
        assertThat(found.get(1)).as("seed %d", seed).isEqualTo(output);
        for (int i = 0; i < rows * channels; i++) {
            double sum = 0;
            double size = 0;
            for (int pixel = 0; pixel < image.width; pixel++) {
                float value = output[(i / channels * image.width + pixel) * channels + i % channels];
                sum += value;
                size += Math.abs(value);
            }
            assertThat((double) found.get(0)[i])
                    .as("seed %d, mean %d", seed, i)
                    .isCloseTo(sum / image.width, within(1e-6 * size + 1e-30));
        }
    }

    private static int externals(List<Part<?>> parts) {
        return 1 + (int) parts.stream().filter(part -> part.weights.isPresent()).count();
    }

    /// Weights are numbered behind the input.
    private static List<Link> links(List<Part<?>> parts, Constants constants) {
        int externals = externals(parts);
        int weights = 0;
        var links = new ArrayList<Link>();
        for (int i = 0; i < parts.size(); i++) {
            var part = parts.get(i);
            var operands = new ArrayList<>(List.of(image(i, externals)));
            if (part.weights.isPresent()) {
                operands.add(++weights);
            }
            part.residual.ifPresent(number -> operands.add(image(number, externals)));
            links.add(new Link(part.layer(constants), operands));
        }
        return links;
    }

    private static int image(int number, int externals) {
        return number == 0 ? 0 : externals + number - 1;
    }

    private static float[] expected(List<Part<?>> parts, float[] input) {
        var images = new ArrayList<>(List.of(input));
        for (var part : parts) {
            try (var trial = new CodeTrial()) {
                trial.input(images.getLast());
                part.weights.ifPresent(trial::input);
                part.residual.ifPresent(number -> trial.input(images.get(number)));
                images.add(trial.run(part.prepare(trial), part.output.elements()));
            }
        }
        return images.getLast();
    }

    private static void compare(int seed, List<Part<?>> parts, float[] found, float[] expected) {
        double most = 0;
        for (float value : expected) {
            most = Math.max(most, Math.abs(value));
        }
        for (int i = 0; i < found.length; i++) {
            // Sums in another order, and tiles of Winograd's at other places, layer after layer.
            assertThat((double) found[i])
                    .as("seed %d, element %d of %s", seed, i, parts)
                    .isCloseTo(expected[i], within(1e-4 * most + 1e-30));
        }
    }

    private static float[] floats(Random random, int count) {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /// A convolution, in a third of all cases depthwise; with a residual where an earlier image has the shape of the
    /// output.
    private static Part<?> conv(Random random, List<Image> images, Isa isa, CodeTrial trial) {
        var image = images.getLast();
        boolean isDepthwise = random.nextInt(3) == 0;
        int outputs = isDepthwise || random.nextBoolean() ? image.channels : 1 + random.nextInt(40);
        int groups = isDepthwise ? image.channels : 1;
        var window = window(random, image, 2);
        var output =
                new Image(image.batch, window.output().get(0), window.output().get(1), outputs);
        var weights = floats(random, outputs * image.channels / groups * window.kernelSize());
        var memory = trial.input(weights);
        var stages = new ArrayList<Stage>();
        stages.add(new Stage.Unary(UnaryFunction.AFFINE, 1f / window.kernelSize(), 0.25f));
        var residual = Optional.<Integer>empty();
        int candidate = random.nextInt(images.size());
        if (images.get(candidate).equals(output)) {
            residual = Optional.of(candidate);
            stages.add(new Stage.Binary(BinaryFunction.ADD, 2, Stage.Spread.FULL));
        }
        var request = new ChannelsLastConvRequest(
                image.batch, groups, image.channels, outputs, window, memory, new Epilogue(stages));
        var precision = Precision.values()[random.nextInt(2)];
        var kernels = ConvKernels.channelsLast(isa, precision).stream()
                .filter(kernel ->
                        kernel.supports(request) && kernel.layer(request, trial).isPresent())
                .toList();
        return new Part<>(kernels.get(random.nextInt(kernels.size())), request, output, Optional.of(weights), residual);
    }

    /// A factor for each channel, of each image or of all.
    private static Part<?> scale(Random random, Image image, Isa isa, CodeTrial trial) {
        long c = image.channels;
        boolean isOne = random.nextBoolean();
        var factors = floats(random, (isOne ? 1 : image.batch) * image.channels);
        trial.input(factors);
        var request = new ElementwiseRequest(
                List.of((long) image.batch, (long) image.height, (long) image.width, c),
                List.of(
                        List.of(image.height * image.width * c, image.width * c, c, 1L),
                        List.of(isOne ? 0 : c, 0L, 0L, 1L)),
                List.of(new Stage.Binary(BinaryFunction.MUL, 1, Stage.Spread.FULL)));
        var kernel = ElementwiseKernels.chains(isa, VectorProvider.best()).getFirst();
        return new Part<>(kernel, request, image, Optional.of(factors), Optional.empty());
    }

    private static Part<?> pool(Random random, Image image, Isa isa) {
        // Dilated windows may have nothing but padding, of which the maximum is infinite.
        var plain = window(random, image, 1);
        var window = new Window(
                with(plain.input(), image.channels),
                with(plain.kernel(), 1),
                with(plain.strides(), 1),
                with(plain.dilations(), 1),
                with(plain.pads(), 0),
                with(plain.output(), image.channels));
        var function = PoolFunction.values()[random.nextInt(PoolFunction.values().length)];
        var request = new PoolRequest(function, image.batch, window, List.of(0, 0, 0), false);
        var kernel = PoolKernels.of(isa, VectorProvider.best()).stream()
                .filter(one -> one.supports(request))
                .findFirst()
                .orElseThrow();
        var output =
                new Image(image.batch, plain.output().get(0), plain.output().get(1), image.channels);
        return new Part<>(kernel, request, output, Optional.empty(), Optional.empty());
    }

    private static List<Integer> with(List<Integer> sizes, int last) {
        var all = new ArrayList<>(sizes);
        all.add(last);
        return all;
    }

    /// Windows of up to 5 pixels that reach into the image, as far as it is large enough.
    private static Window window(Random random, Image image, int dilation) {
        var kernel = List.of(1 + random.nextInt(5), 1 + random.nextInt(5));
        var strides = List.of(1 + random.nextInt(2), 1 + random.nextInt(2));
        var dilations = List.of(1 + random.nextInt(dilation), 1 + random.nextInt(dilation));
        var input = List.of(image.height, image.width);
        var pads = new ArrayList<Integer>();
        var output = new ArrayList<Integer>();
        for (int i = 0; i < 2; i++) {
            int reach = (kernel.get(i) - 1) * dilations.get(i);
            int pad = random.nextInt(reach + 1);
            int end = random.nextInt(reach + 1);
            int room = Math.max(0, input.get(i) + pad + end - reach - 1);
            pads.add(Math.max(pad, reach + 1 - input.get(i)));
            output.add(room / strides.get(i) + 1);
        }
        return new Window(input, kernel, strides, dilations, pads, output);
    }

    @Test
    void aPieceMakesWhatItsLastLayerSees() {
        var window = new RowWindow(56, 28, 3, 2, 1, 1);
        assertThat(window.sees(new RowRange(0, 7))).isEqualTo(new RowRange(0, 14));
        assertThat(window.pad(new RowRange(0, 7))).isEqualTo(1);
        assertThat(window.sees(new RowRange(7, 14))).isEqualTo(new RowRange(13, 28));
        assertThat(window.pad(new RowRange(7, 14))).isZero();
    }

    @Test
    void windowsMustReachIntoTheImage() {
        assertThat(new RowWindow(4, 6, 2, 1, 1, 1).isSeen()).isFalse();
        assertThat(new RowWindow(4, 5, 2, 1, 1, 1).isSeen()).isTrue();
        assertThat(new RowWindow(4, 5, 1, 1, 1, 1).isSeen()).isFalse();
    }
}
