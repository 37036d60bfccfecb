package dev.balsa.asm.emulator;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Elements of vectors, which are arrays of bytes, lowest first.
final class Lane {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Lane() {}

    static short getShort(byte[] vector, int lane) {
        return (short) SHORT.get(vector, 2 * lane);
    }

    static void setShort(byte[] vector, int lane, int value) {
        SHORT.set(vector, 2 * lane, (short) value);
    }

    static int getInt(byte[] vector, int lane) {
        return (int) INT.get(vector, 4 * lane);
    }

    static void setInt(byte[] vector, int lane, int value) {
        INT.set(vector, 4 * lane, value);
    }

    static long getLong(byte[] vector, int lane) {
        return (long) LONG.get(vector, 8 * lane);
    }

    static void setLong(byte[] vector, int lane, long value) {
        LONG.set(vector, 8 * lane, value);
    }

    static float getFloat(byte[] vector, int lane) {
        return Float.intBitsToFloat((int) INT.get(vector, 4 * lane));
    }

    static double getDouble(byte[] vector, int lane) {
        return Double.longBitsToDouble((long) LONG.get(vector, 8 * lane));
    }

    /// An element of `size` bytes, with its sign.
    static long signed(byte[] vector, int size, int lane) {
        return switch (size) {
            case 1 -> vector[lane];
            case 2 -> getShort(vector, lane);
            case 4 -> getInt(vector, lane);
            default -> getLong(vector, lane);
        };
    }

    /// An element of `size` bytes, without sign.
    static long unsigned(byte[] vector, int size, int lane) {
        return switch (size) {
            case 1 -> vector[lane] & 0xFFL;
            case 2 -> getShort(vector, lane) & 0xFFFFL;
            case 4 -> getInt(vector, lane) & 0xFFFF_FFFFL;
            default -> getLong(vector, lane);
        };
    }

    /// Sets an element of `size` bytes to the low bytes of a number.
    static void set(byte[] vector, int size, int lane, long value) {
        switch (size) {
            case 1 -> vector[lane] = (byte) value;
            case 2 -> setShort(vector, lane, (int) value);
            case 4 -> setInt(vector, lane, (int) value);
            default -> setLong(vector, lane, value);
        }
    }
}
