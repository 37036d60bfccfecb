package dev.balsa;

import dev.balsa.cpu.Isa;
import dev.balsa.cpu.PeakRates;
import dev.balsa.cpu.PeakUnit;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.amx.AmxFamily;
import dev.balsa.tensor.Precision;
import java.util.Comparator;
import java.util.List;

/// What limits the operations per second of a kernel: the rate of the unit that multiplies and adds, shared by all
/// products that stand for one. Operations are counted as models define them; algorithms that do fewer, such as
/// Winograd's, may pass their roof. Immutable and thread-safe.
///
/// @param unit what multiplies and adds
/// @param products how many of its products stand for one: several where floats are split into bfloat16 parts
public record Roof(PeakUnit unit, int products) implements Comparable<Roof> {
    /// That of everything but products on other units.
    public static final Roof VECTORS = new Roof(PeakUnit.FLOAT_VECTORS, 1);

    /// What kernels multiply that are named so: 8-bit integers, summed in 32 bits.
    private static final String INTEGERS = "x8x8s32";

    private static final String BFLOAT16 = "bf16";
    private static final String PARTS = "x";

    /// Checks the number of products.
    public Roof {
        if (products < 1) {
            throw new IllegalArgumentException("roof: expected at least 1 product, found " + products);
        }
    }

    /// That of a kernel, by its level and types: `f32` is computed by vectors, `bf16` by tiles, `bf16x3` by three
    /// products of tiles, and 8-bit integers by the unit of the level.
    ///
    /// @param name a kernel's name, such as `amx_conv_bf16x3_nhwc`, or `plain`
    public static Roof ofKernel(String name) {
        var types = KernelSpec.types(name);
        if (types.startsWith(BFLOAT16)) {
            var parts = types.substring(BFLOAT16.length());
            return new Roof(
                    PeakUnit.BFLOAT16_TILES, parts.startsWith(PARTS) ? Integer.parseInt(parts.substring(1)) : 1);
        }
        if (types.equals(INTEGERS)) {
            return Isa.ofLabel(name.substring(0, name.indexOf('_')))
                    .map(Roof::ofIntegers)
                    .orElse(VECTORS);
        }
        return VECTORS;
    }

    /// The highest of products of floats with a level and a precision.
    public static Roof ofFloats(Isa isa, Precision precision) {
        return isa == Isa.AMX
                ? new Roof(PeakUnit.BFLOAT16_TILES, AmxFamily.of(precision).products())
                : VECTORS;
    }

    /// The highest of products of 8-bit integers with a level. Without dot products, pairs of 16-bit numbers are
    /// multiplied and then added, as many at a time as floats.
    public static Roof ofIntegers(Isa isa) {
        return switch (isa) {
            case AMX -> new Roof(PeakUnit.BYTE_TILES, 1);
            case AVX512_VNNI -> new Roof(PeakUnit.BYTE_VECTORS, 1);
            case AVX512, AVX2, PORTABLE -> VECTORS;
        };
    }

    /// The highest of what most operations of a model are, products of floats or of 8-bit integers.
    ///
    /// @param plan the model's steps
    public static Roof ofModel(List<PlannedStep> plan, Isa isa, Precision precision) {
        long all = plan.stream().mapToLong(PlannedStep::flops).sum();
        long integers = plan.stream()
                .filter(step -> step.types().equals(INTEGERS))
                .mapToLong(PlannedStep::flops)
                .sum();
        return integers > all / 2 ? ofIntegers(isa) : ofFloats(isa, precision);
    }

    /// What to call it, such as `bf16x3 tiles`.
    public String label() {
        return unit.label(products);
    }

    /// Operations per second, as models define them.
    ///
    /// @throws IllegalArgumentException if the unit was not measured
    public double flops(PeakRates peak) {
        return peak.of(unit)
                        .orElseThrow(() -> new IllegalArgumentException("roof: expected a rate of " + unit + ", found "
                                + peak.operations().keySet()))
                / products;
    }

    /// By unit, then by products.
    @Override
    public int compareTo(Roof other) {
        return Comparator.comparing(Roof::unit).thenComparingInt(Roof::products).compare(this, other);
    }
}
