package dev.balsa.asm.emulator;

import dev.balsa.asm.emulator.PermittedMemory.Range;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/// The registers of a processor, and its way to memory. For one thread.
final class Machine {
    static final int VECTOR = 64;
    static final int RSP = 4;
    /// As the System V calling convention has it on entry of a function.
    static final int DEFAULT_MXCSR = 0x1F80;

    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final int STACK = 1 << 16;
    private static final long NOWHERE = 0x7FF0_DEAD_BEEF_0000L;

    final long[] general = new long[16];
    boolean carry;
    boolean parity;
    boolean zero;
    boolean sign;
    boolean overflow;
    final byte[][] vectors = new byte[32][VECTOR];
    final long[] masks = new long[8];
    final Tiles tiles = new Tiles();
    int mxcsr;
    /// Offset of the next instruction.
    int next;
    /// Where a result is made before it becomes a register.
    byte[] spare = new byte[VECTOR];
    /// Where memory operands are read to.
    final byte[] loaded = new byte[VECTOR];
    final byte[] stored = new byte[VECTOR];

    private final MemorySegment stack = Arena.ofAuto().allocate(STACK, VECTOR);
    private final Range stackRange = new Range("stack", stack.address(), stack.address() + STACK, true);
    private PermittedMemory memory = new PermittedMemory();
    private List<Range> own = List.of();
    private Range last = stackRange;

    /// Makes all registers rubbish, apart from the flags, the control register and the tiles.
    void reset(PermittedMemory permitted, List<Range> more) {
        memory = permitted;
        own = List.of(more.get(0), more.get(1), stackRange);
        last = stackRange;
        Arrays.fill(general, NOWHERE);
        general[RSP] = stack.address() + STACK - VECTOR;
        for (var vector : vectors) {
            Arrays.fill(vector, (byte) 0xFF);
        }
        Arrays.fill(masks, 0x5555_5555_5555_5555L);
        mxcsr = DEFAULT_MXCSR;
    }

    void check(long address, int bytes, boolean write) {
        if (!last.holds(address, bytes, write)) {
            last = memory.find(address, bytes, write, own);
        }
    }

    long read(long address, int bytes) {
        check(address, bytes, false);
        return switch (bytes) {
            case 1 -> ALL.get(ValueLayout.JAVA_BYTE, address) & 0xFFL;
            case 2 -> ALL.get(ValueLayout.JAVA_SHORT_UNALIGNED, address) & 0xFFFFL;
            case 4 -> ALL.get(ValueLayout.JAVA_INT_UNALIGNED, address) & 0xFFFF_FFFFL;
            default -> ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, address);
        };
    }

    void write(long address, int bytes, long value) {
        check(address, bytes, true);
        switch (bytes) {
            case 1 -> ALL.set(ValueLayout.JAVA_BYTE, address, (byte) value);
            case 2 -> ALL.set(ValueLayout.JAVA_SHORT_UNALIGNED, address, (short) value);
            case 4 -> ALL.set(ValueLayout.JAVA_INT_UNALIGNED, address, (int) value);
            default -> ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, address, value);
        }
    }

    void read(long address, byte[] target, int bytes) {
        check(address, bytes, false);
        MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, address, target, 0, bytes);
    }

    void write(long address, byte[] source, int from, int bytes) {
        check(address, bytes, true);
        MemorySegment.copy(source, from, ALL, ValueLayout.JAVA_BYTE, address, bytes);
    }

    /// Which lanes are chosen by a writemask.
    long lanes(int mask) {
        return mask == 0 ? -1 : masks[mask];
    }

    /// Makes [#spare] the content of a register: lanes that are not chosen stay or become zero, as does all beyond
    /// `written` bytes.
    ///
    /// @param lanes how many lanes the mask chooses among, from the lowest
    void commit(int register, int mask, boolean zeroing, int element, int lanes, int written) {
        var result = spare;
        var old = vectors[register];
        if (mask != 0) {
            long chosen = masks[mask];
            for (int lane = 0; lane < lanes; lane++) {
                if ((chosen >>> lane & 1) == 0) {
                    Lane.set(result, element, lane, zeroing ? 0 : Lane.unsigned(old, element, lane));
                }
            }
        }
        if (written < VECTOR) {
            Arrays.fill(result, written, VECTOR, (byte) 0);
        }
        vectors[register] = result;
        spare = old;
    }
}
