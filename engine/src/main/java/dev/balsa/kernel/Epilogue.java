package dev.balsa.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What is done to each element of a result before it is stored, stage after stage.
public record Epilogue(List<Stage> stages) {
    /// Nothing is done.
    public static final Epilogue NONE = new Epilogue(List.of());

    /// Copies the list.
    public Epilogue {
        stages = List.copyOf(stages);
    }

    /// Names what time depends on, such as `ADD-COLUMN,RELU`.
    public String key() {
        return stages.stream()
                .map(stage -> switch (stage) {
                    case Stage.Unary(var function, float _, float _, boolean isRough) ->
                        function + (isRough ? "-ROUGH" : "");
                    case Stage.Binary(var function, int _, var spread, var storage) ->
                        function + "-" + spread + (storage == Storage.FLOATS ? "" : "-" + storage);
                })
                .collect(Collectors.joining(","));
    }

    /// Whether an operand has the result's shape, and so lies as that does.
    public boolean hasFull() {
        return firstFull().isPresent();
    }

    /// The first operand that has the result's shape.
    public OptionalInt firstFull() {
        return full().mapToInt(Stage.Binary::operand).findFirst();
    }

    /// The stages whose operands have the result's shape.
    public Stream<Stage.Binary> full() {
        return stages.stream()
                .filter(Stage.Binary.class::isInstance)
                .map(Stage.Binary.class::cast)
                .filter(stage -> stage.spread() == Stage.Spread.FULL);
    }

    /// Whether operands of the result's shape are stored in these ways only.
    public boolean isStoredAs(Predicate<Storage> storages) {
        return full().map(Stage.Binary::storage).allMatch(storages);
    }

    /// The same with some operands of the result's shape, or the result, stored otherwise.
    ///
    /// @param output the index of the result among the operands
    public Epilogue stored(Storage storage, Set<Integer> operands, int output) {
        var same = storage == Storage.BFLOAT16 && operands.contains(output) ? rough() : this;
        return new Epilogue(same.stages.stream()
                .map(stage -> stored(stage, storage, operands))
                .toList());
    }

    /// The same for a result that is rounded to bfloat16 numbers: a function that only sums follow may be rough.
    public Epilogue rough() {
        var changed = new ArrayList<>(stages);
        for (int i = stages.size() - 1; i >= 0; i--) {
            if (stages.get(i) instanceof Stage.Unary(var function, float alpha, float beta, var _)) {
                changed.set(i, new Stage.Unary(function, alpha, beta, true));
                break;
            }
            if (((Stage.Binary) stages.get(i)).function() != BinaryFunction.ADD) {
                break;
            }
        }
        return new Epilogue(changed);
    }

    private static Stage stored(Stage stage, Storage storage, Set<Integer> operands) {
        return stage instanceof Stage.Binary(var function, int operand, var spread, var _)
                        && spread == Stage.Spread.FULL
                        && operands.contains(operand)
                ? new Stage.Binary(function, operand, spread, storage)
                : stage;
    }

    /// Whether there is nothing to do.
    public boolean isEmpty() {
        return stages.isEmpty();
    }
}
