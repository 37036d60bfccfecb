package dev.balsa.cli.fuzz;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Changes to a file as bytes, blind to what they mean: most are caught by the reader of the wire format.
record ByteMutations(RandomGenerator random) {
    private static final int MOST_CHUNK = 256;

    byte[] mutate(byte[] bytes, byte[] donor) {
        if (bytes.length == 0) {
            return bytes;
        }
        int at = random.nextInt(bytes.length);
        int length = random.nextInt(Math.min(MOST_CHUNK, bytes.length - at) + 1);
        return switch (random.nextInt(8)) {
            case 0 -> with(bytes, at, (byte) (bytes[at] ^ 1 << random.nextInt(8)));
            case 1 -> with(bytes, at, (byte) random.nextInt());
            case 2 -> with(bytes, at, (byte) 0xFF);
            case 3 -> varint(bytes, at);
            case 4 -> Arrays.copyOf(bytes, at);
            case 5 -> splice(bytes, at, length, bytes, at, 0);
            case 6 -> splice(bytes, at, 0, bytes, at, length);
            default -> foreign(bytes, at, length, donor);
        };
    }

    private static byte[] with(byte[] bytes, int at, byte value) {
        var copy = bytes.clone();
        copy[at] = value;
        return copy;
    }

    /// The longest varint in the place of a byte: an unchecked length or number becomes huge or negative.
    private byte[] varint(byte[] bytes, int at) {
        var huge = new byte[random.nextInt(2, 11)];
        Arrays.fill(huge, (byte) 0xFF);
        huge[huge.length - 1] = (byte) random.nextInt(2, 128);
        if (huge.length == 10) {
            huge[9] = 1;
        }
        return splice(bytes, at, 1, huge, 0, huge.length);
    }

    private byte[] foreign(byte[] bytes, int at, int length, byte[] donor) {
        int from = random.nextInt(donor.length + 1);
        return splice(bytes, at, length, donor, from, random.nextInt(Math.min(MOST_CHUNK, donor.length - from) + 1));
    }

    /// `bytes` with `removed` bytes at `at` replaced by `added` bytes of `source`.
    private static byte[] splice(byte[] bytes, int at, int removed, byte[] source, int from, int added) {
        var result = Arrays.copyOf(bytes, bytes.length - removed + added);
        System.arraycopy(bytes, at + removed, result, at + added, bytes.length - at - removed);
        System.arraycopy(source, from, result, at, added);
        return result;
    }
}
