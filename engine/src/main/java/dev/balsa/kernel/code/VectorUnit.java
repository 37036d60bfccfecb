package dev.balsa.kernel.code;

import dev.balsa.asm.Vec;
import dev.balsa.cpu.Isa;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// The registers that float code of an instruction-set level works with.
///
/// @param isa the level
/// @param bits the width of a vector
/// @param registers how many vector registers there are
public record VectorUnit(Isa isa, int bits, int registers) {
    private static final VectorUnit AVX2 = new VectorUnit(Isa.AVX2, 256, 16);
    private static final VectorUnit AVX512 = new VectorUnit(Isa.AVX512, 512, 32);

    /// The widest unit that a level allows; none for [Isa#PORTABLE].
    public static Optional<VectorUnit> of(Isa isa) {
        return switch (isa) {
            case PORTABLE -> Optional.empty();
            case AVX2 -> Optional.of(AVX2);
            case AVX512, AVX512_VNNI, AMX -> Optional.of(AVX512);
        };
    }

    /// Floats in a vector.
    public int lanes() {
        return bits / Float.SIZE;
    }

    /// Bytes of a vector.
    public int bytes() {
        return bits / Byte.SIZE;
    }

    /// Whether lanes are chosen by mask registers, as in AVX-512.
    public boolean hasMasks() {
        return bits == 512;
    }

    /// Whole registers from one to another, which is not among them; none if that is not behind.
    public List<Vec> registers(int first, int end) {
        return IntStream.range(first, Math.max(first, end))
                .mapToObj(this::register)
                .toList();
    }

    /// A whole register.
    public Vec register(int number) {
        return Vec.of(number, bits);
    }
}
