package dev.balsa.kernel;

/// Floats as [Storage#PARTS] by its definition, in arrays of as many elements.
public final class StoredParts {
    private static final int PARTS = 2;

    private StoredParts() {}

    /// The parts of finite numbers that are not too large for bfloat16.
    public static float[] of(float[] values) {
        var words = new short[2 * values.length];
        for (int i = 0; i < values.length; i++) {
            float rest = values[i];
            for (int part = 0; part < PARTS; part++) {
                words[word(i, part)] = bfloat16(rest);
                rest -= Float.intBitsToFloat(words[word(i, part)] << Short.SIZE);
            }
        }
        var stored = new float[values.length];
        for (int i = 0; i < stored.length; i++) {
            stored[i] = Float.intBitsToFloat(words[2 * i] & 0xFFFF | words[2 * i + 1] << Short.SIZE);
        }
        return stored;
    }

    /// The numbers whose parts are stored.
    public static float[] values(float[] stored) {
        var values = new float[stored.length];
        for (int i = 0; i < values.length; i++) {
            for (int part = 0; part < PARTS; part++) {
                int word = word(i, part);
                int bits = Float.floatToRawIntBits(stored[word / 2]) >>> (word % 2 * Short.SIZE);
                values[i] += Float.intBitsToFloat(bits << Short.SIZE);
            }
        }
        return values;
    }

    private static int word(int index, int part) {
        return index / Storage.CHUNK * 2 * Storage.CHUNK + part * Storage.CHUNK + index % Storage.CHUNK;
    }

    /// Rounded to nearest, to even where there are two; NaN stays NaN.
    static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> Short.SIZE | 0x40);
        }
        return (short) ((bits + 0x7FFF + (bits >>> Short.SIZE & 1)) >>> Short.SIZE);
    }
}
