package dev.balsa.kernel.recurrent;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.recurrent.CellCode.Argument;
import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.TileProduct;
import dev.balsa.tensor.Precision;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Walks sequences, direction by direction. Phases of a direction: the inputs of all steps times their weights;
/// then for each step the states times theirs, and the gates, sequence by sequence.
///
/// Shared memory holds, in rows of whole vectors: for each input row and for each sequence what it adds to the
/// gates, the states, and the cell states.
final class RecurrentWork implements CodeWork {
    private static final int PHASES_OF_STEP = 2;

    /// Multiply-adds of a step from which on they are shared between workers, those of a share, and those from
    /// which on the product has parts by itself. A share takes about a microsecond: workers are on the way
    /// already.
    private static final long MUCH = 1 << 17;

    private static final long SHARE = 1 << 15;
    private static final long MOST = 1 << 20;
    /// Products of more sequences have parts by themselves.
    private static final int FEW_SEQUENCES = 4;
    /// Columns of a share are a multiple of so many vectors: no tile is cut.
    private static final int VECTORS = 4;

    /// What the states add to some of the gates' elements, from `first` on.
    private record Share(int first, TileProduct product) {}

    private record Walk(boolean reversed, TileProduct inputs, List<Share> states, MemorySegment bias) {}

    private final RecurrentRequest request;
    private final Precision precision;
    private final MachineCode code;
    private final List<Walk> walks = new ArrayList<>();
    private final int phasesOfWalk;
    /// Elements of a row of gates and of a state.
    private final int gateRow;
    private final int stateRow;
    /// Where the parts of the shared memory begin, in elements.
    private final long recurrentAt;
    private final long statesAt;
    private final long cellsAt;
    private final long end;

    RecurrentWork(RecurrentRequest request, VectorUnit unit, Precision precision, Constants constants) {
        this.request = request;
        this.precision = precision;
        int lanes = unit.lanes();
        stateRow = Math.ceilDiv(request.hidden(), lanes) * lanes;
        // The last vector of the last gate reaches at most a vector further.
        gateRow = Math.ceilDiv(request.rows() + lanes, lanes) * lanes;
        phasesOfWalk = 1 + PHASES_OF_STEP * request.steps();
        recurrentAt = (long) request.steps() * request.batch() * gateRow;
        statesAt = recurrentAt + (long) request.batch() * gateRow;
        cellsAt = statesAt + (long) request.batch() * stateRow;
        end = cellsAt + (long) request.batch() * stateRow;
        code = constants.code(
                CellCode.name(unit, request.cell(), request.hidden()),
                () -> CellCode.write(unit, request.cell(), request.hidden()));
        for (int walk = 0; walk < request.reversed().size(); walk++) {
            int rows = request.steps() * request.batch();
            walks.add(new Walk(
                    request.reversed().get(walk),
                    product(
                            unit,
                            right(request.weights(), walk, request.inputs(), 0),
                            rows,
                            request.rows(),
                            request.inputs(),
                            constants),
                    states(unit, walk, constants),
                    bias(walk, constants)));
        }
    }

    private List<Share> states(VectorUnit unit, int walk, Constants constants) {
        int width = shareColumns(unit);
        var shares = new ArrayList<Share>();
        for (int first = 0; first < request.rows(); first += width) {
            var right = right(request.recurrent(), walk, request.hidden(), first);
            int columns = Math.min(width, request.rows() - first);
            shares.add(new Share(first, product(unit, right, request.batch(), columns, stateRow, constants)));
        }
        return List.copyOf(shares);
    }

    private int shareColumns(VectorUnit unit) {
        long work = (long) request.batch() * request.rows() * request.hidden();
        if (work < MUCH || work >= MOST || request.batch() > FEW_SEQUENCES) {
            return request.rows();
        }
        int least = VECTORS * unit.lanes();
        return Math.max(least, (int) (SHARE * request.rows() / work) / least * least);
    }

    /// The weights of gates' elements from `first` on.
    private TileProduct.Right right(MemorySegment weights, int walk, int depth, int first) {
        long at = ((long) walk * request.rows() + first) * depth;
        return new TileProduct.Right(weights, List.of(at), depth, 1, depth, 1);
    }

    private TileProduct product(
            VectorUnit unit, TileProduct.Right right, int rows, int columns, int rowStep, Constants constants) {
        var product = new TileProduct.Request(
                RowPlaces.even(rows, rowStep),
                new Depth(List.of(new Depth.Segment(0, right.run()))),
                (long) rowStep * Float.BYTES,
                columns,
                List.of(),
                RowPlaces.even(rows, gateRow),
                TileProduct.ENOUGH_PARTS);
        return TileProduct.of(unit, precision, product, right, constants);
    }

    /// A row of gates that is added to the inputs' part, then a state that is added to the last gate of the state's
    /// part
    /// where the reset gate must not be forgotten.
    private MemorySegment bias(int walk, Constants constants) {
        long bytes = (long) (gateRow + stateRow) * Float.BYTES;
        if (request.bias().isEmpty()) {
            return constants.packed(request.weights(), "no bias of " + bytes + " bytes", bytes, _ -> {});
        }
        var bias = request.bias().get();
        var form = "bias of " + request.cell() + " " + request.hidden() + " in " + bytes + " bytes, walk " + walk;
        return constants.packed(bias, form, bytes, target -> {
            int rows = request.rows();
            int separate = request.cell() == Cell.GRU ? rows - request.hidden() : rows;
            long first = 2L * rows * walk;
            for (int row = 0; row < rows; row++) {
                float own = bias.get(JAVA_FLOAT_UNALIGNED, (first + row) * Float.BYTES);
                float ofState = bias.get(JAVA_FLOAT_UNALIGNED, (first + rows + row) * Float.BYTES);
                target.setAtIndex(JAVA_FLOAT, row, row < separate ? own + ofState : own);
                if (row >= separate) {
                    target.setAtIndex(JAVA_FLOAT, gateRow + row - separate, ofState);
                }
            }
        });
    }

    @Override
    public int phases() {
        return walks.size() * phasesOfWalk;
    }

    @Override
    public int units(int phase) {
        var walk = walks.get(phase / phasesOfWalk);
        int inWalk = phase % phasesOfWalk;
        if (inWalk == 0) {
            return walk.inputs.parts();
        }
        return inWalk % PHASES_OF_STEP == 1 ? stateUnits(walk.states) : 1;
    }

    /// The weights of the states are read at every step, and the halves of them may stay where the whole does not.
    @Override
    public boolean isSteady(int phase) {
        return phase % phasesOfWalk % PHASES_OF_STEP == 1;
    }

    /// A unit is a share, or a part if there is but one share.
    private static int stateUnits(List<Share> states) {
        return states.size() > 1 ? states.size() : states.getFirst().product().parts();
    }

    private void multiplyStates(List<Share> states, int unit, Frame frame) {
        boolean isShared = states.size() > 1;
        var share = isShared ? states.get(unit) : states.getFirst();
        int from = isShared ? 0 : unit;
        int to = isShared ? share.product().parts() : unit + 1;
        var shared = frame.shared();
        share.product().multiply(frame, shared, statesAt, shared, recurrentAt + share.first(), from, to);
    }

    @Override
    public long sharedBytes() {
        return end * Float.BYTES;
    }

    @Override
    public long workerBytes() {
        long bytes = Math.max(walks.getFirst().inputs.scratchBytes(), Argument.bytes());
        for (var share : walks.getFirst().states) {
            bytes = Math.max(bytes, share.product().scratchBytes());
        }
        return bytes;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        int index = phase / phasesOfWalk;
        var walk = walks.get(index);
        int inWalk = phase % phasesOfWalk;
        for (int unit = from; unit < to; unit++) {
            if (inWalk == 0) {
                if (unit == 0) {
                    begin(index, frame);
                }
                walk.inputs.multiply(frame, frame.operand(0), 0, frame.shared(), 0, unit);
            } else if (inWalk % PHASES_OF_STEP == 1) {
                multiplyStates(walk.states, unit, frame);
            } else {
                step(index, (inWalk - 1) / PHASES_OF_STEP, frame);
            }
        }
    }

    private void begin(int walk, Frame frame) {
        begin(walk, frame, request.hasState() ? 1 : -1, statesAt);
        begin(walk, frame, request.hasCell() ? (request.hasState() ? 2 : 1) : -1, cellsAt);
    }

    /// Sets the first states from an operand; zeros if that is -1. What fills vectors up is zeros, too, so that it
    /// stays
    /// a number.
    private void begin(int walk, Frame frame, int operand, long at) {
        Effects.clear(frame.shared(), at * Float.BYTES, (long) request.batch() * stateRow * Float.BYTES);
        for (int sequence = 0; operand >= 0 && sequence < request.batch(); sequence++) {
            copy(frame.operand(operand), state(walk, sequence), frame.shared(), at + (long) sequence * stateRow);
        }
    }

    private void step(int index, int done, Frame frame) {
        var walk = walks.get(index);
        int step = walk.reversed ? request.steps() - 1 - done : done;
        var scratch = frame.scratch();
        long shared = frame.shared().address();
        Argument.BIAS.set(scratch, walk.bias.address());
        Argument.RECURRENT_BIAS.set(scratch, walk.bias.address() + (long) gateRow * Float.BYTES);
        for (int sequence = 0; sequence < request.batch(); sequence++) {
            long row = (long) step * request.batch() + sequence;
            long state = statesAt + (long) sequence * stateRow;
            long cell = cellsAt + (long) sequence * stateRow;
            Argument.INPUT.set(scratch, shared + row * gateRow * Float.BYTES);
            Argument.RECURRENT.set(scratch, shared + (recurrentAt + (long) sequence * gateRow) * Float.BYTES);
            Argument.STATE.set(scratch, shared + state * Float.BYTES);
            Argument.CELL.set(scratch, shared + cell * Float.BYTES);
            code.call(0, scratch, 0, (long) stateRow * Float.BYTES);
            put(frame, index, sequence, step, done == request.steps() - 1);
        }
    }

    /// Hands the states of a sequence out.
    private void put(Frame frame, int walk, int sequence, int step, boolean isLast) {
        int output = 1 + (request.hasState() ? 1 : 0) + (request.hasCell() ? 1 : 0);
        var shared = frame.shared();
        long state = statesAt + (long) sequence * stateRow;
        if (request.wantsAll()) {
            long place = ((long) step * walks.size() + walk) * request.batch() + sequence;
            copy(shared, state, frame.operand(output++), place * request.hidden());
        }
        if (isLast && request.wantsState()) {
            copy(shared, state, frame.operand(output++), state(walk, sequence));
        }
        if (isLast && request.wantsCell()) {
            long cell = cellsAt + (long) sequence * stateRow;
            copy(shared, cell, frame.operand(output), state(walk, sequence));
        }
    }

    private long state(int walk, int sequence) {
        return ((long) walk * request.batch() + sequence) * request.hidden();
    }

    private void copy(MemorySegment source, long from, MemorySegment target, long to) {
        Effects.copy(source, from * Float.BYTES, target, to * Float.BYTES, (long) request.hidden() * Float.BYTES);
    }
}
