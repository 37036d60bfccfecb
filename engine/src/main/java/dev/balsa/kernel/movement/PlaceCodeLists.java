package dev.balsa.kernel.movement;

import dev.balsa.asm.MachineCode;
import dev.balsa.error.InternalException;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.LoopNest;
import dev.balsa.kernel.code.IndexCode;
import dev.balsa.kernel.code.IndexCode.Argument;
import java.lang.foreign.MemorySegment;

/// [PlaceLists] in machine code.
final class PlaceCodeLists implements PlaceLists {
    private static final long NONE = -1;

    private final TuplePlaces tuples;
    private final LoopNest nest;
    private final IndexCode routine;
    private final MachineCode code;
    private final long tupleBytes;

    PlaceCodeLists(TuplePlaces tuples, LoopNest nest, Constants constants) {
        this.tuples = tuples;
        this.nest = nest;
        routine = new IndexCode(tuples.indexBytes(), tuples.members().size());
        code = constants.code(routine.name(), routine::write);
        tupleBytes = (long) tuples.indexBytes() * tuples.members().size();
    }

    @Override
    public long scratchBytes() {
        return routine.bytes();
    }

    @Override
    public void list(
            MemorySegment scratch,
            MemorySegment indices,
            long first,
            long start,
            long rows,
            long count,
            MemorySegment list,
            long listAt) {
        Argument.INDICES.set(scratch, indices.address() + first * tupleBytes);
        Argument.INDEX_STEP.set(scratch, nest.innerStride(1) * tupleBytes);
        Argument.INDEX_ROW.set(scratch, rows == 1 ? 0 : nest.stride(1, nest.rank() - 2) * tupleBytes);
        Argument.LIST.set(scratch, list.address() + listAt);
        Argument.START.set(scratch, start);
        Argument.STEP.set(scratch, nest.innerStride(0));
        Argument.ROW.set(scratch, rows == 1 ? 0 : nest.stride(0, nest.rank() - 2));
        Argument.BAD.set(scratch, NONE);
        for (int i = 0; i < tuples.members().size(); i++) {
            var member = tuples.members().get(i);
            routine.set(scratch, i, member.size(), member.stride());
        }
        code.call(0, scratch, rows, count);
        if (!Effects.isStill(scratch, Argument.BAD.at(), NONE)) {
            long bad = Argument.BAD.get(scratch);
            long row = bad / count;
            long tuple = first + (row == 0 ? 0 : row * nest.stride(1, nest.rank() - 2));
            tuples.place(indices, tuple + (bad - row * count) * nest.innerStride(1));
            throw new InternalException(
                    "indices changed while they were read; expected them to stay until the run ends");
        }
    }
}
