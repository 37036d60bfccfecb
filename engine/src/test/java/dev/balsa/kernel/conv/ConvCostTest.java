package dev.balsa.kernel.conv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Caches;
import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.Machine;
import dev.balsa.tensor.Precision;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which kernel is expected to be the fastest for convolutions of which that is known.
class ConvCostTest {
    private static ChannelsLastConvRequest request(int size, int groups, int channels, int outputs, int kernel) {
        var image = List.of(size, size);
        var window = new Window(
                image, List.of(kernel, kernel), List.of(1, 1), List.of(1, 1), List.of(kernel / 2, kernel / 2), image);
        return new ChannelsLastConvRequest(1, groups, channels, outputs, window, MemorySegment.NULL, Epilogue.NONE);
    }

    private static String best(ChannelsLastConvRequest request, Isa isa, Precision precision, int workers) {
        var machine = Machine.nominal(isa, Caches.ASSUMED, workers);
        return ConvKernels.channelsLast(isa, precision).stream()
                .filter(kernel -> kernel.supports(request))
                .min(Comparator.comparingDouble(kernel -> machine.seconds(kernel.cost(request, machine))))
                .orElseThrow()
                .spec()
                .name();
    }

    @ParameterizedTest
    @CsvSource({
        // Many pixels and channels: fewest multiplications.
        "56, 1, 64, 64, 3, avx2_winograd_f32_4x4_nhwc",
        "64, 1, 256, 256, 3, avx2_winograd_f32_4x4_nhwc",
        // Few pixels and many channels: the kernels' parts are most of what is read.
        "7, 1, 512, 512, 3, avx2_winograd_f32_2x2_nhwc",
        // Few channels: taking images apart does not pay.
        "256, 1, 3, 64, 3, avx2_conv_f32_6x2_nhwc",
        "28, 1, 128, 512, 1, avx2_conv_f32_6x2_nhwc",
        "28, 1, 64, 2, 1, avx2_conv_f32_6x2_nhwc",
        // Groups of one channel make poor products.
        "28, 32, 32, 32, 3, avx2_depthwise_f32_nhwc",
        "28, 144, 144, 144, 3, avx2_depthwise_f32_nhwc",
    })
    void isRight(int size, int groups, int channels, int outputs, int kernel, String expected) {
        assertThat(best(request(size, groups, channels, outputs, kernel), Isa.AVX2, Precision.FAST, 2)
                        .replace("4x3", "6x2"))
                .isEqualTo(expected);
    }

    @Test
    void goesWithoutWinogradWhereResultsMustBeExact() {
        assertThat(best(request(64, 1, 256, 256, 3), Isa.AVX2, Precision.EXACT, 2))
                .contains("_conv_");
    }

    @Test
    void everyKernelExpectsSomething() {
        for (var isa : List.of(Isa.AVX2, Isa.AVX512)) {
            var machine = Machine.nominal(isa, Caches.ASSUMED, 4);
            var small = request(56, 1, 64, 64, 3);
            var large = request(56, 1, 64, 128, 3);
            for (var kernel : ConvKernels.channelsLast(isa, Precision.FAST)) {
                if (kernel.supports(small)) {
                    double seconds = machine.seconds(kernel.cost(small, machine));
                    assertThat(seconds).as(kernel.spec().name()).isPositive();
                    assertThat(machine.seconds(kernel.cost(large, machine))).isGreaterThan(seconds);
                }
            }
        }
    }

    @Test
    void formsOfTilesCompeteOnlyWhereTheyDiffer() {
        var names = ConvKernels.channelsLast(Isa.AVX2, Precision.EXACT).stream()
                .filter(kernel -> kernel.supports(request(28, 1, 64, 24, 1)))
                .map(kernel -> kernel.spec().name())
                .toList();
        assertThat(names).containsExactly("avx2_conv_f32_6x2_nhwc");
    }

    @Test
    void keysTellRequestsApartButNotTheirMemory() {
        var request = request(28, 1, 64, 24, 1);
        assertThat(request.key())
                .isEqualTo(request(28, 1, 64, 24, 1).key())
                .isNotEqualTo(request(29, 1, 64, 24, 1).key())
                .isNotEqualTo(request(28, 1, 64, 24, 3).key())
                .doesNotContain("\t", "\n");
    }
}
