import com.sun.management.ThreadMXBean;
import dev.balsa.Model;
import dev.balsa.Options;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.management.ManagementFactory;

/// Runs the model of the first argument until a round of runs leaves no more than the second argument's bytes per run
/// on the heap, for as many rounds as the third says. Prints the least bytes per run of all rounds.
void main(String[] arguments) {
    var most = Long.parseLong(arguments[1]);
    var rounds = Integer.parseInt(arguments[2]);
    var perRound = 50;
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (var model = Model.load(Path.of(arguments[0]), Options.defaults().withThreads(2))) {
        var inputs = inputs(model);
        var expected = results(model, inputs);
        var least = Long.MAX_VALUE;
        for (int round = 0; round < rounds && least > most; round++) {
            var before = threads.getCurrentThreadAllocatedBytes();
            for (int run = 0; run < perRound; run++) {
                model.run(inputs).close();
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / perRound);
            if (!results(model, inputs).equals(expected)) {
                throw new AssertionError("round " + round + ": results differ from those of the first run");
            }
        }
        IO.println(least);
    }
}

Map<String, Tensor> inputs(Model model) {
    var random = new Random(1);
    var inputs = new HashMap<String, Tensor>();
    for (var input : model.inputs()) {
        var dims = input.dims().orElseThrow().stream().mapToLong(Long::parseLong).toArray();
        var tensor = Tensor.allocate(input.type(), Shape.of(dims));
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setDouble(i, random.nextGaussian() / 4);
        }
        inputs.put(input.name(), tensor);
    }
    return inputs;
}

List<Float> results(Model model, Map<String, Tensor> inputs) {
    var results = new ArrayList<Float>();
    try (var outputs = model.run(inputs)) {
        for (int i = 0; i < outputs.size(); i++) {
            for (var value : outputs.get(i).toFloatArray()) {
                results.add(value);
            }
        }
    }
    return results;
}
