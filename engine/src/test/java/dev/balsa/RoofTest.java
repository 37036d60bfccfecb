package dev.balsa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.balsa.cpu.Isa;
import dev.balsa.cpu.PeakRates;
import dev.balsa.cpu.PeakUnit;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.conv.ConvKernels;
import dev.balsa.tensor.Precision;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RoofTest {
    private static final PeakRates PEAK =
            new PeakRates(Map.of(PeakUnit.FLOAT_VECTORS, 400e9, PeakUnit.BFLOAT16_TILES, 6e12), 20e9);

    @ParameterizedTest
    @CsvSource({
        "plain, f32 vectors",
        "portable_gemm_f32_6x2v, f32 vectors",
        "portable_gemm_x8x8s32_loops, f32 vectors",
        "avx512_conv_f32_nhwc, f32 vectors",
        "amx_conv_bf16_nhwc, bf16 tiles",
        "amx_conv_bf16x3_nhwc, bf16x3 tiles",
        "amx_gemm_bf16x6, bf16x6 tiles",
        "amx_gemm_x8x8s32, int8 tiles",
        "avx512-vnni_conv_x8x8s32_nhwc, int8 dot products",
        "avx512_conv_x8x8s32_nhwc, f32 vectors",
        "avx2_gemm_x8x8s32, f32 vectors",
        "avx512_quantize_f32i8, f32 vectors",
        "amx_copy_runs, f32 vectors"
    })
    void followsFromAKernelsName(String kernel, String label) {
        assertThat(Roof.ofKernel(kernel).label()).isEqualTo(label);
    }

    @ParameterizedTest
    @EnumSource
    void isTheHighestOfKernelsOfALevel(Precision precision) {
        for (var isa : Isa.all()) {
            var kernels = ConvKernels.channelsLast(isa, precision).stream()
                    .map(kernel -> Roof.ofKernel(kernel.spec().name()));
            assertThat(kernels.max(Comparator.naturalOrder()).orElse(Roof.VECTORS))
                    .isEqualTo(Roof.ofFloats(isa, precision));
        }
    }

    @Test
    void isThatOfWhatMostOperationsOfAModelAre() {
        var plan = List.of(step("avx512_conv_f32_nhwc", 1), step("avx512_conv_x8x8s32_nhwc", 2));
        assertThat(Roof.ofModel(plan, Isa.AMX, Precision.FAST)).isEqualTo(new Roof(PeakUnit.BYTE_TILES, 1));
        assertThat(Roof.ofModel(plan, Isa.AVX2, Precision.FAST)).isEqualTo(Roof.VECTORS);
        assertThat(Roof.ofModel(plan.subList(0, 1), Isa.AMX, Precision.FAST))
                .isEqualTo(new Roof(PeakUnit.BFLOAT16_TILES, 3));
        assertThat(Roof.ofModel(List.of(), Isa.AVX512, Precision.EXACT)).isEqualTo(Roof.VECTORS);
    }

    private static PlannedStep step(String kernel, long flops) {
        return new PlannedStep("", "Conv", kernel, KernelSpec.types(kernel), "", "row-major", "", flops, 0);
    }

    @Test
    void isSharedByAllProductsThatStandForOne() {
        assertThat(Roof.ofFloats(Isa.AMX, Precision.BF16).flops(PEAK)).isEqualTo(6e12);
        assertThat(Roof.ofFloats(Isa.AMX, Precision.FAST).flops(PEAK)).isEqualTo(2e12);
        assertThat(Roof.ofFloats(Isa.AMX, Precision.EXACT).flops(PEAK)).isEqualTo(1e12);
        assertThat(Roof.ofFloats(Isa.AVX2, Precision.BF16).flops(PEAK)).isEqualTo(400e9);
    }

    @Test
    void isUnknownWhereItWasNotMeasured() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Roof.ofIntegers(Isa.AMX).flops(PEAK))
                .withMessageContaining("roof: expected a rate of BYTE_TILES");
    }

    @Test
    void isOfAProductAtLeast() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Roof(PeakUnit.BYTE_TILES, 0));
    }
}
