package dev.balsa.kernel.elementwise;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Mask;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.RestLanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.VectorUnit;
import java.util.List;
import java.util.Optional;

/// Writes the loop of a chain of functions: rows of elements, vector by vector, of which every input is read once
/// and the result written once.
///
/// It is called as [RowsWork] says.
final class ElementwiseCode {

    /// What the code depends on.
    ///
    /// @param spread per input, whether its elements lie side by side along a row; if not, the row has one
    /// @param stages with operands numbered among the inputs, of which 0 is where the chain starts
    /// @param storages how the inputs are stored, then the output
    record Form(VectorUnit unit, List<Boolean> spread, List<Stage> stages, List<Storage> storages) {
        /// Copies the lists.
        Form {
            storages = List.copyOf(storages);
            spread = List.copyOf(spread);
            stages = List.copyOf(stages);
        }

        /// Names the routine; equal names are equal code.
        String name() {
            return unit.isa().label() + "_elementwise_f32 " + this;
        }
    }

    private final Form form;
    private final VectorUnit unit;
    private final Assembler a;
    private final Lanes lanes;
    private final Vec x;
    private final RestLanes rest;
    private final Vec spare;
    private final List<Vec> free;
    private final List<Vec> kept;

    private ElementwiseCode(Assembler assembler, Form form) {
        this.form = form;
        this.unit = form.unit;
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
        this.x = unit.register(0);
        this.rest = new RestLanes(lanes, unit.register(unit.registers() - 1), Mask.K3);
        this.spare = unit.register(unit.registers() - 2);
        int temporaries = StageCode.temporaries(form.stages);
        this.free = unit.registers(1, 1 + temporaries);
        this.kept = unit.registers(1 + temporaries, unit.registers() - 2);
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of(0, assembler -> new ElementwiseCode(assembler, form).write());
    }

    private void write() {
        var rows = new RowsCode(a, form.spread.size(), unit.lanes());
        rows.load();
        StageCode.keepConstants(lanes, form.stages, kept);
        rest.choose(Mem.at(Gpr.RDI, RowsWork.REST));
        rows.loop(() -> vector(false), () -> vector(true));
    }

    private void vector(boolean partly) {
        load(x, 0, partly);
        StageCode.write(lanes, form.stages, x, free, new StageCode.Operands() {
            @Override
            public Mem at(Stage.Binary stage) {
                return place(stage.operand());
            }

            @Override
            public Optional<Vec> loaded(Stage.Binary stage) {
                if (!partly || stage.spread() == Spread.SCALAR) {
                    return Optional.empty();
                }
                load(spare, stage.operand(), true);
                return Optional.of(spare);
            }

            @Override
            public int lanes() {
                return unit.lanes();
            }
        });
        var storage = form.storages.getLast();
        var place = Mem.at(Gpr.RBX, Gpr.RCX, storage.bytes(), 0);
        if (!partly) {
            lanes.store(place, x, storage, x);
        } else {
            rest.store(place, x, storage, x);
        }
    }

    private Mem place(int input) {
        return form.spread.get(input)
                ? Mem.at(
                        RowsCode.INPUTS.get(input),
                        Gpr.RCX,
                        form.storages.get(input).bytes(),
                        0)
                : Mem.at(RowsCode.INPUTS.get(input), 0);
    }

    private void load(Vec d, int input, boolean partly) {
        if (!form.spread.get(input)) {
            lanes.broadcast(d, place(input));
        } else if (!partly) {
            lanes.load(d, place(input), form.storages.get(input));
        } else {
            rest.load(d, place(input), form.storages.get(input));
        }
    }
}
