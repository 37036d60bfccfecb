package dev.balsa.kernel;

import java.util.List;

/// What is done to each element of a result before it is stored, stage after stage.
public record Epilogue(List<Stage> stages) {
    /// Nothing is done.
    public static final Epilogue NONE = new Epilogue(List.of());

    /// Copies the list.
    public Epilogue {
        stages = List.copyOf(stages);
    }

    /// Whether there is nothing to do.
    public boolean isEmpty() {
        return stages.isEmpty();
    }
}
