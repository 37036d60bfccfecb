package dev.balsa.kernel.gemm;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.elementwise.SpanStages;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Optional;

/// A prepared product. A unit is a block of rows times one panel of B, for one batch.
final class GemmWork implements Work {
    private static final int MOST_ROWS = 256;
    private static final int LEAST_ROWS = 32;
    /// Where each block packs the panel anew, it must be worth it.
    private static final int LEAST_ROWS_PER_PACKING = 96;
    private static final int ENOUGH_UNITS = 48;

    private final GemmRequest request;
    private final PanelProduct product;
    private final PanelPacking packing;
    private final SpanStages stages;
    private final Optional<MemorySegment> packedB;
    private final Optional<MemorySegment> packedA;
    private final int blockRows;
    private final int rowBlocks;
    private final long[] offsetsA;
    private final long[] offsetsB;

    GemmWork(GemmRequest request, VectorProvider provider, String name, Constants constants) {
        this.request = request;
        var tile = PanelTile.of(provider);
        product = new PanelProduct(tile);
        packing = new PanelPacking(tile, request.b(), request.n(), request.k());
        stages = new SpanStages(withAlpha(request), provider);
        offsetsA = request.a().offsets().stream().mapToLong(Long::longValue).toArray();
        offsetsB = request.b().offsets().stream().mapToLong(Long::longValue).toArray();
        packedB = packB(request, name, constants);
        packedA = packA(request, name, constants);
        var leastRows = packedB.isPresent() ? LEAST_ROWS : LEAST_ROWS_PER_PACKING;
        blockRows = blockRows(request.m(), packing.panels() * request.batch(), leastRows);
        rowBlocks = (request.m() + blockRows - 1) / blockRows;
    }

    private static ArrayList<Stage> withAlpha(GemmRequest request) {
        var stages = new ArrayList<Stage>();
        if (request.alpha() != 1f) {
            stages.add(new Stage.Unary(UnaryFunction.AFFINE, request.alpha(), 0f));
        }
        stages.addAll(request.epilogue().stages());
        return stages;
    }

    private static int blockRows(int m, int units, int least) {
        var rows = Math.clamp(m, 1, MOST_ROWS);
        while ((long) units * ((m + rows - 1) / rows) < ENOUGH_UNITS && rows >= 2 * least) {
            rows = (rows / 2 + PanelTile.ROWS - 1) / PanelTile.ROWS * PanelTile.ROWS;
        }
        return rows;
    }

    private Optional<MemorySegment> packB(GemmRequest request, String name, Constants constants) {
        var b = request.b();
        if (b.constant().isEmpty() || !b.isShared() || offsetsB.length == 0) {
            return Optional.empty();
        }
        var form = "%s B %dx%d%s row %d at %d".formatted(
                name, request.k(), request.n(), b.transposed() ? " transposed" : "", b.rowStride(), offsetsB[0]);
        var source = b.constant().get();
        return Optional.of(constants.packed(
                source, form, packing.bytes(), target -> packing.packAll(source, offsetsB[0], target)));
    }

    private Optional<MemorySegment> packA(GemmRequest request, String name, Constants constants) {
        var a = request.a();
        if (a.constant().isEmpty() || !a.transposed() || !a.isShared() || offsetsA.length == 0) {
            return Optional.empty();
        }
        var form = "%s A %dx%d row %d at %d".formatted(name, request.m(), request.k(), a.rowStride(), offsetsA[0]);
        var source = a.constant().get();
        var bytes = (long) request.m() * request.k() * Float.BYTES;
        return Optional.of(constants.packed(source, form, bytes, target -> RowPacking.pack(
                source, offsetsA[0] * Float.BYTES, a.rowStride(), request.m(), request.k(), target, 0)));
    }

    @Override
    public int units(int phase) {
        return request.batch() * packing.panels() * rowBlocks;
    }

    @Override
    public long workerBytes() {
        return rowsAt() + (packsRows() ? (long) blockRows * depth() * Float.BYTES : 0);
    }

    private boolean packsRows() {
        return request.a().transposed() && packedA.isEmpty();
    }

    private int depth() {
        return Math.min(PanelProduct.DEPTH, request.k());
    }

    private long panelAt() {
        return product.tile().tileBytes();
    }

    private long rowsAt() {
        var tile = product.tile();
        return panelAt() + (packedB.isPresent() ? 0 : ((long) depth() * tile.width() + tile.lanes()) * Float.BYTES);
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var panels = packing.panels();
        for (int unit = from; unit < to; unit++) {
            var block = unit % rowBlocks;
            var panel = unit / rowBlocks % panels;
            var batch = unit / rowBlocks / panels;
            var firstRow = block * blockRows;
            unit(frame, batch, panel, firstRow, Math.min(blockRows, request.m() - firstRow));
        }
    }

    private void unit(Frame frame, int batch, int panel, int firstRow, int rows) {
        var n = (long) request.n();
        var k = request.k();
        var out = frame.operand(request.output());
        var scratch = frame.scratch();
        var column = panel * product.tile().width();
        var columns = packing.columns(panel);
        var vectors = packing.vectors(panel);
        var outRow = (long) batch * request.m() + firstRow;
        var outAt = (outRow * n + column) * Float.BYTES;
        for (int d = 0; d == 0 || d < k; d += PanelProduct.DEPTH) {
            var depth = PanelProduct.depth(d, k);
            var rowsFrom = packRows(frame, batch, firstRow, rows, d, depth);
            var panelFrom = packPanel(frame, batch, panel, d, depth);
            product.multiply(
                    rowsFrom,
                    rowAt(batch, firstRow, d),
                    rowStep(depth),
                    rows,
                    panelFrom,
                    packedB.isPresent() ? packing.at(panel, d) : panelAt(),
                    vectors,
                    depth,
                    out,
                    outAt,
                    n * Float.BYTES,
                    columns,
                    d > 0,
                    scratch,
                    0);
        }
        if (!stages.isEmpty()) {
            for (int i = 0; i < rows; i++) {
                stages.apply(frame, out, outAt + i * n * Float.BYTES, outRow + i, column, n, columns);
            }
        }
    }

    private MemorySegment packPanel(Frame frame, int batch, int panel, int d, int depth) {
        if (packedB.isPresent()) {
            return packedB.get();
        }
        packing.pack(frame.operand(1), offsetsB[batch], panel, d, depth, frame.scratch(), panelAt());
        return frame.scratch();
    }

    private MemorySegment packRows(Frame frame, int batch, int firstRow, int rows, int d, int depth) {
        if (packedA.isPresent()) {
            return packedA.get();
        }
        if (!packsRows()) {
            return frame.operand(0);
        }
        var stride = request.a().rowStride();
        var at = (offsetsA[batch] + firstRow + d * stride) * Float.BYTES;
        RowPacking.pack(frame.operand(0), at, stride, rows, depth, frame.scratch(), rowsAt());
        return frame.scratch();
    }

    private long rowAt(int batch, int firstRow, int d) {
        if (packsRows()) {
            return rowsAt();
        }
        var first = packedA.isPresent() ? 0 : offsetsA[batch];
        return (first + firstRow * aRowElements() + d) * Float.BYTES;
    }

    private long rowStep(int depth) {
        return (packsRows() ? depth : aRowElements()) * Float.BYTES;
    }

    private long aRowElements() {
        return packedA.isPresent() ? request.k() : request.a().rowStride();
    }
}
