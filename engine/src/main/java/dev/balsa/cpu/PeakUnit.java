package dev.balsa.cpu;

/// What a processor multiplies and adds with. Kernels are written for one of them each, and its rate is their roof.
public enum PeakUnit {
    /// Multiply-adds of float32 with the widest vectors of the processor; plain Java where there can be no machine
    /// code.
    FLOAT_VECTORS("f32", "vectors"),
    /// Dot products of four bytes in each 32-bit lane of a vector (Intel SDM, volume 2, *VPDPBUSD*).
    BYTE_VECTORS("int8", "dot products"),
    /// Products of tiles of bfloat16 numbers (Intel SDM, volume 2, *TDPBF16PS*).
    BFLOAT16_TILES("bf16", "tiles"),
    /// Products of tiles of bytes (Intel SDM, volume 2, *TDPBUSD*).
    BYTE_TILES("int8", "tiles");

    private final String type;
    private final String noun;

    PeakUnit(String type, String noun) {
        this.type = type;
        this.noun = noun;
    }

    /// Whether a processor has it and the system lets this process use it.
    public boolean isIn(Cpu cpu) {
        var features = cpu.features();
        return switch (this) {
            case FLOAT_VECTORS -> true;
            case BYTE_VECTORS ->
                features.contains(cpu.missing(Isa.AVX512).isEmpty() ? CpuFeature.AVX512_VNNI : CpuFeature.AVX_VNNI);
            case BFLOAT16_TILES -> features.contains(CpuFeature.AMX_TILE) && features.contains(CpuFeature.AMX_BF16);
            case BYTE_TILES -> features.contains(CpuFeature.AMX_TILE) && features.contains(CpuFeature.AMX_INT8);
        };
    }

    /// What to call it, such as `bf16 tiles`.
    public String label() {
        return label(1);
    }

    /// What to call it where several of its products stand for one, such as `bf16x3 tiles`.
    public String label(int products) {
        return type + (products == 1 ? "" : "x" + products) + " " + noun;
    }
}
