package dev.balsa;

import dev.balsa.error.ResourceException;
import dev.balsa.error.ShapeException;
import dev.balsa.plan.GrowingStates;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Map;

/// Runs of a model that follow each other: what it keeps from one to the next, such as keys and values of earlier
/// tokens, stays here.
///
/// A decoder has inputs for the past, here called states, and outputs that are these with new entries behind. A
/// session gives the latter to the former. Callers give the other inputs and get the other outputs:
///
/// ```java
/// try (var model = Model.load(path); var session = model.newSession()) {
///     try (var outputs = session.run(Map.of("input_ids", prompt, "attention_mask", ones))) { ... }
///     try (var outputs = session.run(Map.of("input_ids", next, "attention_mask", moreOnes))) { ... }
/// }
/// ```
///
/// Where the model allows it ([#isInPlace]), states stay where they are and each run writes its entries behind
/// them, in memory of the session that doubles as it fills up: nothing is copied, and a program serves many
/// lengths. Results are those of [Model#run] up to rounding. An input with an element for each entry, such as an
/// attention mask, has one for all that the session holds and each new one.
///
/// The memory of states is the session's, and does not count for [Options#memoryLimit].
///
/// Thread-safe, but runs of one session wait for each other. Any number of sessions share a model.
public final class Session implements AutoCloseable {
    private final Model model;
    private final GrowingStates states;
    private final GrowingStates.Conversation conversation;

    Session(Model model, GrowingStates states) {
        this.model = model;
        this.states = states;
        conversation = states.begin();
    }

    /// The inputs that the session gives.
    public List<TensorInfo> states() {
        return states.held().stream().map(model.inputs()::get).toList();
    }

    /// The inputs that callers give, in the model's order.
    public List<TensorInfo> inputs() {
        return states.given().stream().map(model.inputs()::get).toList();
    }

    /// The outputs that callers get, in the model's order.
    public List<TensorInfo> outputs() {
        return states.results().stream().map(model.outputs()::get).toList();
    }

    /// Whether states stay where they are; if not, each run copies them, and each length needs a program.
    public boolean isInPlace() {
        return states.areInPlace();
    }

    /// How many entries the session holds: tokens, for a model of text.
    public synchronized long length() {
        return conversation.length();
    }

    /// Forgets all entries but the first ones, as if the others had never been given: to begin again after a common
    /// beginning, or with 0 from nothing.
    ///
    /// @throws IllegalArgumentException if there are not so many
    public synchronized void truncate(long entries) {
        if (entries < 0 || entries > length()) {
            throw new IllegalArgumentException(
                    "expected 0 to " + length() + " entries, which the session holds, found " + entries);
        }
        conversation.truncate(entries);
    }

    /// Runs the model on these inputs, by name, and on what the session holds, to which the run adds. If it
    /// fails, the session holds what it held before.
    ///
    /// @return the outputs that are no states
    /// @throws ShapeException if an input is missing, unknown, a state, or of a wrong type or shape, or if a node
    ///     cannot take the values that it is given
    /// @throws ResourceException if the session or the model is closed, the run takes more memory than allowed,
    /// or
    ///     the thread is interrupted
    public synchronized Outputs run(Map<String, Tensor> inputs) {
        return model.run(states, conversation, inputs);
    }

    /// Frees the memory. Does nothing the second time.
    @Override
    public synchronized void close() {
        conversation.close();
    }
}
