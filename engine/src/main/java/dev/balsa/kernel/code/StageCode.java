package dev.balsa.kernel.code;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Operand;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.code.Lanes.Comparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes what an epilogue does to a vector of neighbouring elements of one row of a result.
public final class StageCode {
    /// The most operands: more than registers would have to be fetched again for every row.
    public static final int MOST_OPERANDS = 5;

    private static final int BINARY_TEMPORARIES = 2;
    private static final float MODERATE = 0x1p100f;

    /// Where the operands of a vector lie.
    public interface Operands {
        /// The first of as many elements of an operand as the vector has; a single one for [Spread#SCALAR].
        Mem at(Stage.Binary stage);

        /// The operand, if it has been loaded to a register that the stage may overwrite.
        default Optional<Vec> loaded(Stage.Binary stage) {
            return Optional.empty();
        }

        /// How many lanes of the vector are elements of the result; no other elements are read.
        int lanes();
    }

    private StageCode() {}

    /// Whether all stages can be written: not too many operands, which lie along the row.
    public static boolean knows(List<Stage> stages) {
        return operands(stages).size() <= MOST_OPERANDS
                && stages.stream()
                        .noneMatch(stage -> stage instanceof Stage.Binary binary && binary.spread() == Spread.ROW);
    }

    /// The operands that stages name, each once, in order.
    public static List<Integer> operands(List<Stage> stages) {
        var operands = new ArrayList<Integer>();
        for (var stage : stages) {
            if (stage instanceof Stage.Binary binary && !operands.contains(binary.operand())) {
                operands.add(binary.operand());
            }
        }
        return operands;
    }

    /// The first stage, if that adds a bias to each column.
    public static Optional<Stage.Binary> bias(List<Stage> stages) {
        return stages.stream()
                .limit(1)
                .filter(Stage.Binary.class::isInstance)
                .map(Stage.Binary.class::cast)
                .filter(stage -> stage.function() == BinaryFunction.ADD && stage.spread() == Spread.COLUMN)
                .findFirst();
    }

    /// Whether stages leave no number that is infinite or close to the largest one.
    public static boolean areBounded(List<Stage> stages) {
        return !stages.isEmpty()
                && stages.getLast() instanceof Stage.Unary(var function, float low, float high, var _)
                && function == UnaryFunction.CLIP
                && low > -MODERATE
                && high < MODERATE;
    }

    /// Whether the code of stages goes straight on.
    public static boolean isStraight(List<Stage> stages) {
        return stages.stream()
                .noneMatch(stage -> stage instanceof Stage.Unary unary
                        && (unary.function() == UnaryFunction.SIN || unary.function() == UnaryFunction.COS));
    }

    /// How an operand that stages name is stored.
    public static Storage storage(List<Stage> stages, int operand) {
        return stages.stream()
                .filter(stage -> stage instanceof Stage.Binary binary && binary.operand() == operand)
                .map(stage -> ((Stage.Binary) stage).storage())
                .findFirst()
                .orElseThrow();
    }

    /// How many registers beside x are overwritten.
    public static int temporaries(List<Stage> stages) {
        return stages.stream()
                .mapToInt(stage -> switch (stage) {
                    case Stage.Unary unary -> FunctionCode.temporaries(unary);
                    case Stage.Binary binary ->
                        binary.function() == BinaryFunction.POW ? FunctionCode.MOST_TEMPORARIES : BINARY_TEMPORARIES;
                })
                .max()
                .orElse(0);
    }

    /// The constants that the code of stages reads.
    public static List<long[]> constants(VectorUnit unit, List<Stage> stages) {
        var unused = new Assembler();
        var registers = unit.registers(0, unit.registers());
        var operands = new Operands() {
            @Override
            public Mem at(Stage.Binary stage) {
                return Mem.at(Gpr.RAX, 0);
            }

            @Override
            public int lanes() {
                return unit.lanes();
            }
        };
        write(new Lanes(unused, unit), stages, registers.getFirst(), registers.subList(1, registers.size()), operands);
        return unused.constants();
    }

    /// Keeps as many of the constants that the code of stages reads in registers as there are.
    ///
    /// @param free written by nothing that follows
    public static void keepConstants(Lanes lanes, List<Stage> stages, List<Vec> free) {
        var constants = constants(lanes.unit(), stages);
        var assembler = lanes.assembler();
        for (int i = 0; i < Math.min(constants.size(), free.size()); i++) {
            assembler.keep(assembler.constant(constants.get(i)), free.get(i));
        }
    }

    /// What is done to one vector, with registers that it may overwrite.
    @FunctionalInterface
    public interface Part {
        /// Writes the instructions.
        void write(List<Vec> free);
    }

    /// Writes parts that are independent of each other, each of which has [#write] go through the stages: as many
    /// by turns as there are registers for, since in each most instructions wait for the one before.
    ///
    /// @param own registers that a part overwrites beside those of its stages
    /// @param free at least as many registers as a part overwrites
    public static void writeByTurns(Lanes lanes, List<Stage> stages, int own, List<Part> parts, List<Vec> free) {
        int each = Math.max(1, own + temporaries(stages));
        int turns = isPlain(stages) ? Math.max(1, free.size() / each) : 1;
        for (int first = 0; first < parts.size(); first += turns) {
            var now = new ArrayList<Runnable>();
            for (int i = first; i < Math.min(parts.size(), first + turns); i++) {
                var part = parts.get(i);
                var registers = turns == 1 ? free : free.subList((i - first) * each, (i - first + 1) * each);
                now.add(() -> part.write(registers));
            }
            if (turns == 1) {
                now.forEach(Runnable::run);
            } else {
                lanes.assembler().interleave(now);
            }
        }
    }

    /// Whether the code of stages uses neither branches nor mask registers, on any unit.
    private static boolean isPlain(List<Stage> stages) {
        return stages.stream().allMatch(stage -> switch (stage) {
            case Stage.Unary unary -> FunctionCode.isPlain(unary.function());
            case Stage.Binary binary ->
                switch (binary.function()) {
                    case ADD, SUB, RSUB, MUL, DIV, RDIV -> true;
                    case MIN, MAX, PRELU, POW -> false;
                };
        });
    }

    /// Writes x = the stages' result.
    ///
    /// @param free at least [#temporaries] registers that are overwritten
    public static void write(Lanes lanes, List<Stage> stages, Vec x, List<Vec> free, Operands operands) {
        for (var stage : stages) {
            switch (stage) {
                case Stage.Unary unary -> FunctionCode.write(lanes, unary, x, free);
                case Stage.Binary binary -> binary(lanes, binary, x, free, operands);
            }
        }
    }

    private static void binary(Lanes lanes, Stage.Binary stage, Vec x, List<Vec> free, Operands operands) {
        var y = operand(lanes, stage, free.getFirst(), operands);
        var spare = free.get(1);
        switch (stage.function()) {
            case ADD -> lanes.add(x, x, y);
            case SUB -> lanes.subtract(x, x, y);
            case RSUB -> {
                lanes.load(spare, lanes.all(-1));
                lanes.scale(x, spare, y);
            }
            case MUL -> lanes.multiply(x, x, y);
            case DIV -> lanes.divide(x, x, y);
            case RDIV -> lanes.divide(x, register(lanes, y, spare), x);
            case MIN -> extreme(lanes, lanes::min, lanes::or, x, register(lanes, y, free.getFirst()), free);
            case MAX -> extreme(lanes, lanes::max, lanes::and, x, register(lanes, y, free.getFirst()), free);
            case PRELU -> {
                lanes.multiply(spare, x, y);
                lanes.zero(free.getFirst());
                lanes.select(x, x, Comparison.LESS, free.getFirst(), spare, x, free.getFirst());
            }
            case POW -> new PowerCode(lanes, x, free).write(register(lanes, y, free.getFirst()));
        }
    }

    private interface Combination {
        void write(Vec d, Vec x, Operand y);
    }

    /// The processor's minimum and maximum give the second operand where numbers are equal, as zeros of either sign
    /// are, and for NaN. So both orders are taken: their bits together have the lesser or the greater zero's sign,
    /// and their sum tells of NaN.
    private static void extreme(Lanes lanes, Combination order, Combination together, Vec x, Vec y, List<Vec> free) {
        var one = free.get(1);
        var other = free.getFirst();
        order.write(one, x, y);
        order.write(other, y, x);
        together.write(x, one, other);
        lanes.add(other, one, other);
        lanes.select(x, other, Comparison.UNORDERED, other, other, x, one);
    }

    private static Operand operand(Lanes lanes, Stage.Binary stage, Vec free, Operands operands) {
        var loaded = operands.loaded(stage);
        if (loaded.isPresent()) {
            return loaded.get();
        }
        var place = operands.at(stage);
        if (stage.spread() == Spread.SCALAR) {
            lanes.broadcast(free, place);
            return free;
        }
        if (operands.lanes() < lanes.unit().lanes() || stage.storage() != Storage.FLOATS) {
            lanes.loadFirst(free, place, operands.lanes(), stage.storage());
            return free;
        }
        return place;
    }

    private static Vec register(Lanes lanes, Operand y, Vec spare) {
        if (y instanceof Vec vec) {
            return vec;
        }
        lanes.load(spare, (Mem) y);
        return spare;
    }
}
