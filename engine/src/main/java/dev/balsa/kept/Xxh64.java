package dev.balsa.kept;

import dev.balsa.asm.MachineCode;
import dev.balsa.error.ResourceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// The checksum XXH64 with seed 0, after *xxHash fast digest algorithm* 0.2.0 (Yann Collet), of memory that is
/// added piece by piece. For one thread.
///
/// Native memory is gone through by machine code: a process that has just begun interprets Java, and the JDK's
/// own checksums take milliseconds to be loaded.
final class Xxh64 {
    /// Bytes of a stripe: a word for each lane.
    static final int STRIPE = 32;

    static final int LANES = 4;
    /// Of less it is not worth it to make the code.
    private static final long LEAST_FOR_CODE = 4_096;

    static final long PRIME_1 = 0x9E3779B185EBCA87L;
    static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
    static final long PRIME_3 = 0x165667B19E3779F9L;
    static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
    static final long PRIME_5 = 0x27D4EB2F165667C5L;

    /// How far each lane is turned when they come together.
    private static final int[] TURNS = {1, 7, 12, 18};

    static final int TURN = 31;

    /// The first begins with the sum of both primes, without its carry.
    private final long[] lanes = {0x60EA27EEADC0B5D6L, PRIME_2, 0, -PRIME_1};
    /// What does not fill a stripe yet.
    private final ByteBuffer rest = ByteBuffer.allocate(STRIPE).order(ByteOrder.LITTLE_ENDIAN);

    private long total;

    /// The routine: rdi points to the lanes, rsi to rdx stripes, at least 1. It stands here as the assembler
    /// writes it, which would take longer in a process that has just begun than what it is for; `Xxh64Test` has
    /// its source and compares.
    static final long[] ROUTINE = {
        0x4C084F8B4C078B4CL, 0x48185F8B4C10578BL, 0x9090000000AA0D8BL, 0x9090909090909090L,
        0x9D05AF0F48068B48L, 0xC149C00149000000L, 0x8B48C1AF0F4C1FC0L, 0x008605AF0F480846L,
        0xC1C149C101490000L, 0x468B48C9AF0F4C1FL, 0x00006F05AF0F4810L, 0x1FC2C149C2014900L,
        0x18468B48D1AF0F4CL, 0x0000005805AF0F48L, 0x4C1FC3C149C30149L, 0x4820C68348D9AF0FL,
        0xFFFFFF98850FCAFFL, 0x4C084F894C07894CL, 0xC3185F894C105789L, 0x0000000000000000L,
        0x0000000000000000L, 0x0000000000000000L, 0x0000000000000000L, 0x0000000000000000L,
        0x9E3779B185EBCA87L, 0xC2B2AE3D27D4EB4FL
    };

    /// The code, made executable when it is first needed; nothing where there can be none.
    private static final class Routine {
        static final Optional<MachineCode> CODE = made();

        private static Optional<MachineCode> made() {
            try {
                return MachineCode.isPossible() ? Optional.of(MachineCode.of(bytes())) : Optional.empty();
            } catch (ResourceException e) {
                System.getLogger(Xxh64.class.getName())
                        .log(System.Logger.Level.DEBUG, "checksums are made without machine code", e);
                return Optional.empty();
            }
        }

        private static byte[] bytes() {
            var bytes = ByteBuffer.allocate(ROUTINE.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (long word : ROUTINE) {
                bytes.putLong(word);
            }
            return bytes.array();
        }
    }

    /// Of memory as a whole.
    static long of(MemorySegment memory) {
        var sum = new Xxh64();
        sum.add(memory);
        return sum.value();
    }

    /// Adds memory of at most 2^31 - 1 bytes, which stays alive until this returns.
    ///
    /// @throws IllegalStateException if it is closed
    /// @throws WrongThreadException if it belongs to another thread
    void add(MemorySegment memory) {
        // Code asks for neither.
        if (!memory.scope().isAlive()) {
            throw new IllegalStateException("checksum: expected memory that is there until it ends, found it closed");
        }
        if (!memory.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException("checksum: expected memory of this thread, found it confined to another");
        }
        var bytes = memory.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        total += bytes.remaining();
        if (rest.position() > 0) {
            while (rest.hasRemaining() && bytes.hasRemaining()) {
                rest.put(bytes.get());
            }
            if (rest.hasRemaining()) {
                return;
            }
            addStripes(rest.flip());
            rest.clear();
        }
        int whole = bytes.remaining() / STRIPE * STRIPE;
        if (memory.isNative() && whole >= LEAST_FOR_CODE && Routine.CODE.isPresent()) {
            run(Routine.CODE.get(), memory.asSlice(bytes.position(), whole));
            bytes.position(bytes.position() + whole);
        } else {
            addStripes(bytes);
        }
        rest.put(bytes);
    }

    private void run(MachineCode code, MemorySegment stripes) {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate((long) LANES * Long.BYTES, Long.BYTES);
            state.copyFrom(MemorySegment.ofArray(lanes));
            code.call(0, state, stripes.address(), stripes.byteSize() / STRIPE);
            MemorySegment.ofArray(lanes).copyFrom(state);
        } finally {
            // Code knows its address only.
            Reference.reachabilityFence(stripes);
        }
    }

    private void addStripes(ByteBuffer bytes) {
        while (bytes.remaining() >= STRIPE) {
            for (int i = 0; i < LANES; i++) {
                lanes[i] = round(lanes[i], bytes.getLong());
            }
        }
    }

    private static long round(long lane, long word) {
        return Long.rotateLeft(lane + word * PRIME_2, TURN) * PRIME_1;
    }

    /// The checksum of all so far.
    long value() {
        long sum = total < STRIPE ? PRIME_5 : together();
        sum += total;
        var left = rest.duplicate().order(ByteOrder.LITTLE_ENDIAN).flip();
        while (left.remaining() >= Long.BYTES) {
            sum = Long.rotateLeft(sum ^ round(0, left.getLong()), 27) * PRIME_1 + PRIME_4;
        }
        if (left.remaining() >= Integer.BYTES) {
            sum = Long.rotateLeft(sum ^ Integer.toUnsignedLong(left.getInt()) * PRIME_1, 23) * PRIME_2 + PRIME_3;
        }
        while (left.hasRemaining()) {
            sum = Long.rotateLeft(sum ^ Byte.toUnsignedLong(left.get()) * PRIME_5, 11) * PRIME_1;
        }
        sum = (sum ^ sum >>> 33) * PRIME_2;
        sum = (sum ^ sum >>> 29) * PRIME_3;
        return sum ^ sum >>> 32;
    }

    private long together() {
        long sum = 0;
        for (int i = 0; i < LANES; i++) {
            sum += Long.rotateLeft(lanes[i], TURNS[i]);
        }
        for (long lane : lanes) {
            sum = (sum ^ round(0, lane)) * PRIME_1 + PRIME_4;
        }
        return sum;
    }
}
