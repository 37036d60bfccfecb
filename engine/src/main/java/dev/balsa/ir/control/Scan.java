package dev.balsa.ir.control;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A graph run once per slice of some inputs, with values carried along (ONNX Scan, opset 8 to 25).
///
/// Inputs are the states, the scanned inputs (slices along one axis go to the body), and what the body captures;
/// outputs are the last states, then the body's further results, stacked along a new axis.
///
/// The form of opset 8 (`batched`) has one more input in front, the lengths of the sequences (may be left out); its
/// states have a batch axis in front, scanned inputs and stacked outputs a batch and a sequence axis; every sequence of
/// the batch is scanned for itself, and outputs past its end are zero.
///
/// @param scanned how many inputs are scanned
/// @param states how many values are carried
/// @param reversedInputs for each scanned input 1 to begin with the last slice, or empty for all forward
/// @param reversedOutputs for each stacked output 1 to put the first result last, or empty for all forward
/// @param inputAxes for each scanned input its axis, or empty for the first
/// @param outputAxes for each stacked output its axis, or empty for the first
public record Scan(
        Graph body,
        long scanned,
        long states,
        List<Long> reversedInputs,
        List<Long> reversedOutputs,
        List<Long> inputAxes,
        List<Long> outputAxes,
        boolean batched)
        implements Control {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Scan")
            .since(8)
            .rest("initial_state_and_scan_inputs", Schema.ANY)
            .variadicOut("final_state_and_scan_outputs")
            .reader(Scan::read);

    /// Checks that the lists have an entry for every input or output that they are about, or none.
    public Scan {
        Iteration.checkCount("states of Scan", states);
        Iteration.checkCount("scanned inputs of Scan", scanned);
        long outputs = Math.max(0, body.outputs().size() - states);
        check("scan_input_directions", reversedInputs, scanned, true);
        check("scan_output_directions", reversedOutputs, outputs, true);
        check("scan_input_axes", inputAxes, scanned, false);
        check("scan_output_axes", outputAxes, outputs, false);
        reversedInputs = List.copyOf(reversedInputs);
        reversedOutputs = List.copyOf(reversedOutputs);
        inputAxes = List.copyOf(inputAxes);
        outputAxes = List.copyOf(outputAxes);
    }

    private static void check(String attribute, List<Long> list, long count, boolean direction) {
        if (!list.isEmpty() && list.size() != count) {
            throw new ModelFormatException("attribute \"" + attribute + "\": expected " + count + " entries, found "
                    + list.size() + "; check the model");
        }
        if (direction && list.stream().anyMatch(entry -> entry != 0 && entry != 1)) {
            throw new ModelFormatException(
                    "attribute \"" + attribute + "\": expected 0 or 1, found " + list + "; check the model");
        }
    }

    private static Scan read(NodeReader node) {
        boolean batched = node.opset() < 9;
        int first = batched ? 1 : 0;
        Iteration.checkPresent(node, first);
        long scanned = node.integer("num_scan_inputs");
        int own = node.inputs() - first;
        if (scanned < 1 || scanned > own) {
            throw node.malformed("attribute \"num_scan_inputs\": expected 1 to " + own + ", found " + scanned);
        }
        var types = new ArrayList<TensorType>();
        for (int i = first; i < node.inputs(); i++) {
            types.add(node.input(i).type().withShape(SymbolicShape.UNKNOWN));
        }
        var body = node.bodies(types, "body").getFirst();
        int states = own - (int) scanned;
        Iteration.checked(node, body, node.inputs() - first, states);
        var directions = node.integers(batched ? "directions" : "scan_input_directions");
        return batched
                ? new Scan(body, scanned, states, directions, List.of(), List.of(), List.of(), true)
                : new Scan(
                        body,
                        scanned,
                        states,
                        directions,
                        node.integers("scan_output_directions"),
                        node.integers("scan_input_axes"),
                        node.integers("scan_output_axes"),
                        false);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<Graph> bodies() {
        return List.of(body);
    }

    @Override
    public Scan withBodies(List<Graph> bodies) {
        return new Scan(
                bodies.getFirst(), scanned, states, reversedInputs, reversedOutputs, inputAxes, outputAxes, batched);
    }

    private int firstInput() {
        return batched ? 1 : 0;
    }

    private int firstScanned() {
        return firstInput() + (int) states;
    }

    private int firstCaptured() {
        return firstScanned() + (int) scanned;
    }

    long inputAxis(int index) {
        return inputAxes.isEmpty() ? 0 : inputAxes.get(index);
    }

    long outputAxis(int index) {
        return outputAxes.isEmpty() ? 0 : outputAxes.get(index);
    }

    boolean isInputReversed(int index) {
        return !reversedInputs.isEmpty() && reversedInputs.get(index) == 1;
    }

    boolean isOutputReversed(int index) {
        return !reversedOutputs.isEmpty() && reversedOutputs.get(index) == 1;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var initial = new ArrayList<TensorType>();
        for (int i = firstInput(); i < firstScanned(); i++) {
            initial.add(sequence(in.type(i)));
        }
        var others = new ArrayList<TensorType>();
        var length = Dim.UNKNOWN;
        for (int i = firstScanned(); i < firstCaptured(); i++) {
            var stack = sequence(in.type(i));
            length = length.isKnown() ? length : length(in, i, stack, length);
            others.add(unstacked(stack, inputAxis(i - firstScanned())));
        }
        for (int i = firstCaptured(); i < in.inputs(); i++) {
            others.add(in.type(i));
        }
        var iteration = Iteration.settle(in, body, List.of(), initial, others, 0);
        var types = new ArrayList<TensorType>();
        iteration.carried().forEach(type -> types.add(batch(in, type)));
        for (int i = (int) states; i < iteration.results().size(); i++) {
            types.add(batch(in, Iteration.stacked(iteration.results().get(i), length, outputAxis(i - (int) states))));
        }
        return types;
    }

    private Dim length(Inference in, int index, TensorType stack, Dim known) {
        if (!stack.shape().hasRank()) {
            return known;
        }
        if (stack.shape().rank() == 0) {
            throw in.mismatch(index, "a scalar has no axis to scan", "a sequence", in.shape(index));
        }
        var length = stack.shape().dim(axis(stack, inputAxis(index - firstScanned())));
        return length.isUnknown() ? known : length;
    }

    private static int axis(TensorType stack, long axis) {
        return Axes.normalize(axis, stack.shape().rank());
    }

    private static TensorType unstacked(TensorType stack, long axis) {
        if (!stack.shape().hasRank()) {
            return stack;
        }
        var dims = new ArrayList<>(stack.shape().list());
        dims.remove(axis(stack, axis));
        return stack.withShape(SymbolicShape.of(dims));
    }

    /// The type of one sequence of a batch.
    private TensorType sequence(TensorType type) {
        return batched ? unstacked(type, 0) : type;
    }

    private TensorType batch(Inference in, TensorType type) {
        var shape = in.shape(1);
        return batched ? Iteration.stacked(type, shape.hasRank() ? shape.dim(0) : Dim.UNKNOWN, 0) : type;
    }

    @Override
    public void evaluate(Evaluation run) {
        var captured = inputs(run, firstCaptured(), run.inputs());
        var initial = inputs(run, firstInput(), firstScanned());
        var stacks = inputs(run, firstScanned(), firstCaptured());
        if (batched) {
            evaluateBatch(run, initial, stacks, captured);
            return;
        }
        var walk = new ScanWalk(this, run, stacks, captured);
        var finals = walk.run(initial, walk.length(), walk.length());
        for (int i = 0; i < finals.size(); i++) {
            run.pass(i, finals.get(i));
        }
    }

    private static List<Tensor> inputs(Evaluation run, int from, int to) {
        var inputs = new ArrayList<Tensor>();
        for (int i = from; i < to; i++) {
            inputs.add(run.input(i));
        }
        return inputs;
    }

    private void evaluateBatch(Evaluation run, List<Tensor> initial, List<Tensor> stacks, List<Tensor> captured) {
        var all = new ArrayList<>(initial);
        all.addAll(stacks);
        long batch =
                all.getFirst().shape().rank() == 0 ? 0 : all.getFirst().shape().dim(0);
        if (batch == 0
                || all.stream().anyMatch(t -> t.shape().rank() == 0 || t.shape().dim(0) != batch)) {
            throw new ShapeException(
                    "Scan of opset 8: expected inputs with one batch axis of at least 1 in front, found " + all
                            + "; check the inputs");
        }
        var outputs = new ArrayList<Tensor>(Collections.nCopies(body.outputs().size(), Tensor.of(new float[0], 0)));
        for (int i = 0; i < batch; i++) {
            var walk = new ScanWalk(this, run, slices(stacks, i), captured);
            var results = walk.collect(slices(initial, i), lengthOf(run, i, walk.length()));
            for (int k = 0; k < results.size(); k++) {
                var result = results.get(k);
                if (i == 0) {
                    var shape = TensorStacks.stacked(result.shape(), 0, batch);
                    outputs.set(k, run.output(k, result.type(), shape));
                }
                put(outputs.get(k), i, result, k);
            }
        }
    }

    private static void put(Tensor output, long index, Tensor result, int number) {
        if (!TensorStacks.stacked(result.shape(), 0, output.shape().dim(0)).equals(output.shape())) {
            throw new ShapeException(
                    "output " + number + ": expected the same shape for every sequence of the batch, found "
                            + result.shape() + " and others");
        }
        TensorStacks.put(output, 0, index, result);
    }

    private static List<Tensor> slices(List<Tensor> batches, long index) {
        return batches.stream()
                .map(tensor -> TensorStacks.slice(tensor, 0, index))
                .toList();
    }

    private static long lengthOf(Evaluation run, int sequence, long longest) {
        if (!run.has(0)) {
            return longest;
        }
        var lengths = run.input(0);
        long length = sequence < lengths.size() ? lengths.getLong(sequence) : -1;
        if (length < 0 || length > longest) {
            throw new ShapeException("input 0 \"sequence_lens\": expected a length of 0 to " + longest
                    + " per sequence, found " + lengths + " with " + length + " for sequence " + sequence);
        }
        return length;
    }
}
