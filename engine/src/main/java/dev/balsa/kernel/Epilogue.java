package dev.balsa.kernel;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

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
                    case Stage.Unary(var function, float _, float _) -> function.name();
                    case Stage.Binary(var function, int _, var spread) -> function + "-" + spread;
                })
                .collect(Collectors.joining(","));
    }

    /// Whether an operand has the result's shape, and so lies as that does.
    public boolean hasFull() {
        return firstFull().isPresent();
    }

    /// The first operand that has the result's shape.
    public OptionalInt firstFull() {
        return stages.stream()
                .filter(stage -> stage instanceof Stage.Binary(var _, int _, var spread) && spread == Stage.Spread.FULL)
                .mapToInt(stage -> ((Stage.Binary) stage).operand())
                .findFirst();
    }

    /// Whether there is nothing to do.
    public boolean isEmpty() {
        return stages.isEmpty();
    }
}
