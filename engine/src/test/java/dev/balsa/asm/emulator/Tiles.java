package dev.balsa.asm.emulator;

import dev.balsa.asm.emulator.Bfloat16.Widening;
import java.util.Arrays;

/// The tile registers of AMX and their configuration (Intel SDM, volume 1, *Programming with Intel AMX*). Where the
/// processor would raise an exception there is an [AssertionError].
final class Tiles {
    static final int CONFIGURATION = 64;

    private static final int COUNT = 8;
    private static final int MOST_ROWS = 16;
    private static final int ROW = 64;
    private static final int COLUMNS_AT = 16;
    private static final int ROWS_AT = 48;
    private static final int FIRST_USED = 16;
    private static final int ELEMENT = 4;

    private final byte[][][] tiles = new byte[COUNT][MOST_ROWS][ROW];
    private final int[] rows = new int[COUNT];
    private final int[] rowBytes = new int[COUNT];
    private boolean configured;

    boolean isConfigured() {
        return configured;
    }

    /// As after TILERELEASE.
    void release() {
        if (configured) {
            configured = false;
            zeroAll();
        }
    }

    private void zeroAll() {
        for (int tile = 0; tile < COUNT; tile++) {
            rows[tile] = 0;
            rowBytes[tile] = 0;
            for (var row : tiles[tile]) {
                Arrays.fill(row, (byte) 0);
            }
        }
    }

    void configure(byte[] from) {
        zeroAll();
        configured = from[0] != 0;
        if (!configured) {
            return;
        }
        demand(from[0] == 1, "palette " + from[0]);
        for (int i = 1; i < CONFIGURATION; i++) {
            boolean told = i >= FIRST_USED && i < FIRST_USED + 2 * COUNT || i >= ROWS_AT && i < ROWS_AT + COUNT;
            demand(told || from[i] == 0, "byte %d of the configuration is %d; expected 0".formatted(i, from[i]));
        }
        for (int tile = 0; tile < COUNT; tile++) {
            rows[tile] = from[ROWS_AT + tile] & 0xFF;
            rowBytes[tile] = Lane.getShort(from, COLUMNS_AT / 2 + tile) & 0xFFFF;
            demand(
                    rows[tile] <= MOST_ROWS && rowBytes[tile] <= ROW && rows[tile] == 0 == (rowBytes[tile] == 0),
                    "tile %d of %d rows of %d bytes".formatted(tile, rows[tile], rowBytes[tile]));
        }
    }

    void tell(byte[] to) {
        Arrays.fill(to, (byte) 0);
        to[0] = (byte) (configured ? 1 : 0);
        for (int tile = 0; tile < COUNT; tile++) {
            to[ROWS_AT + tile] = (byte) rows[tile];
            Lane.setShort(to, COLUMNS_AT / 2 + tile, rowBytes[tile]);
        }
    }

    private static void demand(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("tiles: " + what);
        }
    }

    private void demandShape(int tile) {
        demand(configured && rows[tile] > 0, "tile %d has no shape".formatted(tile));
    }

    void zero(int tile) {
        demandShape(tile);
        for (var row : tiles[tile]) {
            Arrays.fill(row, (byte) 0);
        }
    }

    void load(Machine machine, int tile, long address, long stride) {
        zero(tile);
        for (int row = 0; row < rows[tile]; row++) {
            machine.read(address + row * stride, tiles[tile][row], rowBytes[tile]);
        }
    }

    void store(Machine machine, int tile, long address, long stride) {
        demandShape(tile);
        for (int row = 0; row < rows[tile]; row++) {
            machine.write(address + row * stride, tiles[tile][row], 0, rowBytes[tile]);
        }
    }

    private void demandProduct(int c, int a, int b) {
        demand(c != a && a != b && b != c, "a product of %d, %d and %d".formatted(c, a, b));
        demandShape(c);
        demandShape(a);
        demandShape(b);
        demand(
                rows[c] == rows[a]
                        && rowBytes[c] == rowBytes[b]
                        && rowBytes[a] == rows[b] * ELEMENT
                        && rowBytes[c] % ELEMENT == 0,
                "a product of %d x %d and %d x %d bytes to %d x %d"
                        .formatted(rows[a], rowBytes[a], rows[b], rowBytes[b], rows[c], rowBytes[c]));
    }

    /// c += a b, of four bytes each.
    void multiplyBytes(int c, int a, int b, boolean signedA, boolean signedB) {
        demandProduct(c, a, b);
        for (int m = 0; m < rows[c]; m++) {
            for (int k = 0; k < rows[b]; k++) {
                for (int n = 0; n < rowBytes[c] / ELEMENT; n++) {
                    int sum = Lane.getInt(tiles[c][m], n);
                    for (int i = 0; i < ELEMENT; i++) {
                        int x = tiles[a][m][ELEMENT * k + i];
                        int y = tiles[b][k][ELEMENT * n + i];
                        sum += (signedA ? x : x & 0xFF) * (signedB ? y : y & 0xFF);
                    }
                    Lane.setInt(tiles[c][m], n, sum);
                }
            }
        }
        zeroRowsBehind(c);
    }

    /// c += a b, of pairs of 16-bit floats: even and odd elements are summed up apart (Intel SDM, volume 2,
    /// *TDPBF16PS*).
    void multiplyHalves(int c, int a, int b, Widening widening) {
        demandProduct(c, a, b);
        int columns = rowBytes[c] / ELEMENT;
        var sums = new float[2 * columns];
        for (int m = 0; m < rows[c]; m++) {
            Arrays.fill(sums, 0);
            for (int k = 0; k < rows[b]; k++) {
                float even = widening.apply(Lane.getShort(tiles[a][m], 2 * k));
                float odd = widening.apply(Lane.getShort(tiles[a][m], 2 * k + 1));
                for (int n = 0; n < columns; n++) {
                    float evenB = widening.apply(Lane.getShort(tiles[b][k], 2 * n));
                    float oddB = widening.apply(Lane.getShort(tiles[b][k], 2 * n + 1));
                    sums[2 * n] = Bfloat16.accumulate(sums[2 * n], even, evenB);
                    sums[2 * n + 1] = Bfloat16.accumulate(sums[2 * n + 1], odd, oddB);
                }
            }
            for (int n = 0; n < columns; n++) {
                float sum = Bfloat16.add(sums[2 * n], sums[2 * n + 1]);
                float result = Bfloat16.add(Lane.getFloat(tiles[c][m], n), sum);
                Lane.setInt(tiles[c][m], n, Float.floatToRawIntBits(result));
            }
        }
        zeroRowsBehind(c);
    }

    private void zeroRowsBehind(int tile) {
        for (int row = 0; row < MOST_ROWS; row++) {
            int from = row < rows[tile] ? rowBytes[tile] : 0;
            Arrays.fill(tiles[tile][row], from, ROW, (byte) 0);
        }
    }
}
