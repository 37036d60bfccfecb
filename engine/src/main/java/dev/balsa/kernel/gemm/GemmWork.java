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
import java.util.List;
import java.util.Optional;

/// A prepared product. A unit is a block of rows times one panel of B, for one batch.
public final class GemmWork implements Work {
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

    /// Prepares the request.
    ///
    /// @param name the kernel's name, part of the key of packed constants
    public GemmWork(GemmRequest request, VectorProvider provider, String name, Constants constants) {
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

    private static List<Stage> withAlpha(GemmRequest request) {
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
        var form = "%s B %dx%d%s row %d at %d"
                .formatted(
                        name,
                        request.k(),
                        request.n(),
                        b.transposed() ? " transposed" : "",
                        b.rowStride(),
                        offsetsB[0]);
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
        return Optional.of(constants.packed(
                source,
                form,
                bytes,
                target -> RowPacking.pack(
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
        run(from, to, frame, frame.operand(0), frame.operand(1), frame.operand(request.output()));
    }

    /// As the other, with the factors and the result in memory that need not be operands of the frame.
    public void run(int from, int to, Frame frame, MemorySegment a, MemorySegment b, MemorySegment out) {
        var panels = packing.panels();
        for (int unit = from; unit < to; unit++) {
            var block = unit % rowBlocks;
            var panel = unit / rowBlocks % panels;
            var batch = unit / rowBlocks / panels;
            var firstRow = block * blockRows;
            var rows = Math.min(blockRows, request.m() - firstRow);
            multiply(frame, a, b, out, batch, panel, firstRow, rows);
            finish(frame, out, batch, panel, firstRow, rows);
        }
    }

    private void multiply(
            Frame frame,
            MemorySegment a,
            MemorySegment b,
            MemorySegment out,
            int batch,
            int panel,
            int firstRow,
            int rows) {
        var n = (long) request.n();
        var k = request.k();
        for (int d = 0; d == 0 || d < k; d += PanelProduct.DEPTH) {
            var depth = PanelProduct.depth(d, k);
            product.multiply(
                    packRows(frame, a, batch, firstRow, rows, d, depth),
                    rowAt(batch, firstRow, d),
                    rowStep(depth),
                    rows,
                    packPanel(frame, b, batch, panel, d, depth),
                    packedB.isPresent() ? packing.at(panel, d) : panelAt(),
                    packing.vectors(panel),
                    depth,
                    out,
                    outAt(batch, panel, firstRow),
                    n * Float.BYTES,
                    packing.columns(panel),
                    d > 0,
                    frame.scratch(),
                    0);
        }
    }

    private long outAt(int batch, int panel, int row) {
        var element = ((long) batch * request.m() + row) * request.n()
                + (long) panel * product.tile().width();
        return element * Float.BYTES;
    }

    private void finish(Frame frame, MemorySegment out, int batch, int panel, int firstRow, int rows) {
        if (stages.isEmpty()) {
            return;
        }
        var column = panel * product.tile().width();
        for (int i = 0; i < rows; i++) {
            var row = (long) batch * request.m() + firstRow + i;
            var at = outAt(batch, panel, firstRow + i);
            stages.apply(frame, out, at, row, column, request.n(), packing.columns(panel));
        }
    }

    private MemorySegment packPanel(Frame frame, MemorySegment b, int batch, int panel, int d, int depth) {
        if (packedB.isPresent()) {
            return packedB.get();
        }
        packing.pack(b, offsetsB[batch], panel, d, depth, frame.scratch(), panelAt());
        return frame.scratch();
    }

    private MemorySegment packRows(Frame frame, MemorySegment a, int batch, int firstRow, int rows, int d, int depth) {
        if (packedA.isPresent()) {
            return packedA.get();
        }
        if (!packsRows()) {
            return a;
        }
        var stride = request.a().rowStride();
        var at = (offsetsA[batch] + firstRow + d * stride) * Float.BYTES;
        RowPacking.pack(a, at, stride, rows, depth, frame.scratch(), rowsAt());
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
