package dev.balsa.cpu;

import java.util.Locale;
import java.util.Optional;

/// A cache of the processor that holds data.
///
/// @param level 1 for the one next to the core
/// @param kind what it holds
/// @param bytes its size
/// @param lineBytes the size of a line, the least that is loaded at once
/// @param ways the number of places that a line may be at
/// @param sharedBy how many logical processors may share it at most. Intel's processors tell how many numbers are
///     set aside for those that share it, which may be more than there are
public record Cache(int level, Kind kind, long bytes, int lineBytes, int ways, int sharedBy) {
    private static final int TYPE_BITS = 0x1F;
    private static final int LEVEL_AT = 5;
    private static final int LEVEL_BITS = 0x7;
    private static final int SHARED_AT = 14;
    private static final int LINE_BITS = 0xFFF;
    private static final int PARTITIONS_AT = 12;
    private static final int WAYS_AT = 22;
    private static final int TEN_BITS = 0x3FF;
    private static final int TWELVE_BITS = 0xFFF;

    /// What a cache holds; those of instructions alone are left out.
    public enum Kind {
        DATA(1),
        UNIFIED(3);

        private final int type;

        Kind(int type) {
            this.type = type;
        }

        private static Optional<Kind> of(int type) {
            for (var kind : values()) {
                if (kind.type == type) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }

        /// The name as people read it.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Checks the ranges.
    ///
    /// @throws IllegalArgumentException if a number is less than 1
    public Cache {
        if (level < 1 || bytes < 1 || lineBytes < 1 || ways < 1 || sharedBy < 1) {
            throw new IllegalArgumentException("cache: expected numbers of at least 1, found level " + level + ", "
                    + bytes + " bytes, lines of " + lineBytes + " bytes, " + ways + " ways, shared by " + sharedBy);
        }
    }

    /// The bytes there are for each of the logical processors that may share it.
    public long bytesEach() {
        return bytes / sharedBy;
    }

    /// Whether an answer describes no cache, and none follows.
    static boolean isEnd(Cpuid.Answer answer) {
        return (answer.eax() & TYPE_BITS) == 0;
    }

    /// The cache that a subleaf of CPUID's leaf 4 describes (Intel SDM, volume 2, *CPUID*), or of leaf 8000001Dh,
    /// which has the same form (AMD APM, volume 3, appendix E); empty for a cache of instructions.
    static Optional<Cache> of(Cpuid.Answer answer) {
        int level = answer.eax() >>> LEVEL_AT & LEVEL_BITS;
        int line = (answer.ebx() & LINE_BITS) + 1;
        int partitions = (answer.ebx() >>> PARTITIONS_AT & TEN_BITS) + 1;
        int ways = (answer.ebx() >>> WAYS_AT) + 1;
        int shared = (answer.eax() >>> SHARED_AT & TWELVE_BITS) + 1;
        long sets = Integer.toUnsignedLong(answer.ecx()) + 1;
        long bytes = sets * ways * partitions * line;
        return Kind.of(answer.eax() & TYPE_BITS)
                .filter(_ -> level > 0 && bytes > 0)
                .map(kind -> new Cache(level, kind, bytes, line, ways, shared));
    }
}
