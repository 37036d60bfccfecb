package dev.balsa.cpu;

import java.util.Locale;

/// What a processor may have beside the base of x86-64, and where CPUID says so (Intel SDM, volume 2, *CPUID*; AMD APM,
/// volume 3, appendix E).
public enum CpuFeature {
    POPCNT(1, 0, Register.ECX, 23, State.NONE),
    LZCNT(0x8000_0001, 0, Register.ECX, 5, State.NONE),
    BMI1(7, 0, Register.EBX, 3, State.NONE),
    BMI2(7, 0, Register.EBX, 8, State.NONE),
    FMA(1, 0, Register.ECX, 12, State.AVX),
    F16C(1, 0, Register.ECX, 29, State.AVX),
    AVX2(7, 0, Register.EBX, 5, State.AVX),
    AVX_VNNI(7, 1, Register.EAX, 4, State.AVX),
    AVX512F(7, 0, Register.EBX, 16, State.AVX512),
    AVX512DQ(7, 0, Register.EBX, 17, State.AVX512),
    AVX512BW(7, 0, Register.EBX, 30, State.AVX512),
    AVX512VL(7, 0, Register.EBX, 31, State.AVX512),
    AVX512VBMI(7, 0, Register.ECX, 1, State.AVX512),
    AVX512_VBMI2(7, 0, Register.ECX, 6, State.AVX512),
    AVX512_VNNI(7, 0, Register.ECX, 11, State.AVX512),
    AVX512_BF16(7, 1, Register.EAX, 5, State.AVX512),
    AVX512_FP16(7, 0, Register.EDX, 23, State.AVX512),
    AMX_TILE(7, 0, Register.EDX, 24, State.AMX),
    AMX_INT8(7, 0, Register.EDX, 25, State.AMX),
    AMX_BF16(7, 0, Register.EDX, 22, State.AMX);

    /// The registers of an answer, in the order in which [Cpuid] gives them.
    enum Register {
        EAX(0),
        EBX(1),
        ECX(2),
        EDX(3);

        private final int place;

        Register(int place) {
            this.place = place;
        }

        int place() {
            return place;
        }
    }

    /// What the system must save at a change of threads: bits of XCR0 (Intel SDM, volume 1, *XSAVE-Managed State*).
    enum State {
        NONE(0),
        AVX(0x6),
        AVX512(0xE6),
        AMX(0x6_0000);

        private final long bits;

        State(long bits) {
            this.bits = bits;
        }

        boolean isIn(long xcr0) {
            return (xcr0 & bits) == bits;
        }
    }

    private final int leaf;
    private final int subleaf;
    private final Register register;
    private final int bit;
    private final State state;

    CpuFeature(int leaf, int subleaf, Register register, int bit, State state) {
        this.leaf = leaf;
        this.subleaf = subleaf;
        this.register = register;
        this.bit = bit;
        this.state = state;
    }

    /// Whether the processor has it and the system lets it be used.
    boolean isIn(Cpuid cpuid) {
        return cpuid.has(leaf, subleaf, register, bit) && state.isIn(cpuid.xcr0());
    }

    /// The name as Linux lists it.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
