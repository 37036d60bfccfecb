package dev.balsa.asm.emulator;

import dev.balsa.asm.AmxInstruction;
import dev.balsa.asm.Decoded;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Operand;
import dev.balsa.asm.Tile;
import dev.balsa.asm.emulator.Step.Action;
import java.util.List;

/// What instructions of AMX do.
final class TileSteps {
    private TileSteps() {}

    static Action action(AmxInstruction instruction, Decoded decoded, long code) {
        var operands = decoded.operands();
        return switch (instruction) {
            case LDTILECFG -> {
                var address = Address.of((Mem) operands.getFirst(), code);
                yield m -> {
                    m.read(address.of(m), m.loaded, Tiles.CONFIGURATION);
                    m.tiles.configure(m.loaded);
                };
            }
            case STTILECFG -> {
                var address = Address.of((Mem) operands.getFirst(), code);
                yield m -> {
                    m.tiles.tell(m.stored);
                    m.write(address.of(m), m.stored, 0, Tiles.CONFIGURATION);
                };
            }
            case TILERELEASE -> m -> m.tiles.release();
            case TILEZERO -> {
                int tile = number(operands, 0);
                yield m -> m.tiles.zero(tile);
            }
            case TILELOADD, TILELOADDT1 -> {
                int tile = number(operands, 0);
                var from = (Mem) operands.get(1);
                yield m -> m.tiles.load(m, tile, start(m, from), stride(m, from));
            }
            case TILESTORED -> {
                int tile = number(operands, 1);
                var to = (Mem) operands.get(0);
                yield m -> m.tiles.store(m, tile, start(m, to), stride(m, to));
            }
            case TDPBSSD -> bytes(operands, true, true);
            case TDPBSUD -> bytes(operands, true, false);
            case TDPBUSD -> bytes(operands, false, true);
            case TDPBUUD -> bytes(operands, false, false);
            case TDPBF16PS -> halves(operands, Bfloat16::widen);
            case TDPFP16PS -> halves(operands, Float::float16ToFloat);
        };
    }

    private static int number(List<Operand> operands, int index) {
        return ((Tile) operands.get(index)).number();
    }

    private static long start(Machine machine, Mem mem) {
        return machine.general[mem.base().number()] + mem.displacement();
    }

    /// Without an index, rows lie at the same place.
    private static long stride(Machine machine, Mem mem) {
        var index = (Gpr) mem.index();
        return index.exists() ? machine.general[index.number()] * mem.scale() : 0;
    }

    private static Action bytes(List<Operand> operands, boolean signedA, boolean signedB) {
        int c = number(operands, 0);
        int a = number(operands, 1);
        int b = number(operands, 2);
        return m -> m.tiles.multiplyBytes(c, a, b, signedA, signedB);
    }

    private static Action halves(List<Operand> operands, Bfloat16.Widening widening) {
        int c = number(operands, 0);
        int a = number(operands, 1);
        int b = number(operands, 2);
        return m -> m.tiles.multiplyHalves(c, a, b, widening);
    }
}
