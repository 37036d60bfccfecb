package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Value;
import dev.balsa.rewrite.packing.PackedGraph;
import dev.balsa.rewrite.packing.TokenPacking;
import dev.balsa.run.OutputBuffers;
import dev.balsa.run.Slot;
import dev.balsa.run.Stream;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Runs texts whose tokens lie one after the other, without padding. Thread-safe.
///
/// Programs are for numbers of tokens that are a few percent apart, whatever the number of texts and their
/// lengths: so texts of any length find theirs soon, and what they do not fill is computed for nothing. Of
/// padding, outputs are 0.
///
/// A single text without padding is padded instead, to the next such number of tokens, and the mask shows that.
/// If its shape comes again and again, it gets a program of its own ([#choose] leaves it to the caller).
public final class PackedTexts {
    /// Numbers of tokens between one power of two and the next; on average programs compute a 64th to a 32nd too
    /// much.
    private static final int STEPS = 16;
    /// Tokens of a tile, about.
    private static final int LEAST_STEP = 8;
    /// How often a shape without padding comes before it is worth a program of its own, which takes about as long
    /// to plan as the program for packed texts loses in so many runs.
    private static final int USES_BEFORE_PLAN = 16;
    /// Shapes that come before lengths are taken to change, and a graph is worth being looked at for that.
    private static final int FEW_SHAPES = 2;
    /// Shapes whose uses are counted, and of whose results memory is kept.
    private static final int MOST_SHAPES = 64;

    /// Inputs that tell how texts are packed.
    private static final int TOLD = 3;

    /// Whether the model's inputs are of texts.
    private final boolean areTexts;
    /// The inputs that are called masks.
    private final int[] masks;
    private final Supplier<Graph> graph;
    private final PlanContext context;
    private final Once<Optional<Packing>> packing = new Once<>();
    private final Map<List<Shape>, Integer> uses = new Latest<>();

    /// A graph and its programs.
    private record Packing(PackedGraph graph, CompiledGraph compiled) {}

    /// The latest entries of a map.
    private static final class Latest<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1L;
        private static final float USUAL_LOAD = 0.75f;

        Latest() {
            super(16, USUAL_LOAD, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > MOST_SHAPES;
        }
    }

    /// Memory that runs of one kind take and give back.
    private final Map<List<Slot.Output>, OutputBuffers> buffers = new Latest<>();

    /// @param inputs of the model
    /// @param graph its graph, asked for when it must be looked at
    public PackedTexts(List<Value> inputs, Supplier<Graph> graph, PlanContext context) {
        areTexts = TokenPacking.areTexts(inputs);
        masks = IntStream.range(0, inputs.size())
                .filter(i -> isWhole(inputs.get(i).type().dtype()))
                .filter(i -> inputs.get(i).name().toLowerCase(Locale.ROOT).contains("mask"))
                .toArray();
        this.graph = graph;
        this.context = context;
    }

    private static boolean isWhole(DataType type) {
        return type.isInteger() || type == DataType.BOOL;
    }

    /// Texts of one run, and where their tokens are.
    public static final class Batch {
        private final Packing packing;
        private final TokenPlaces tokens;
        /// The programs for texts with padding.
        private final CompiledGraph padded;
        /// Whether it is one text, which may be padded to a length that has a program.
        private final boolean isSingle;
        /// The tokens of the program that it is run with.
        private final int length;

        private Batch(Packing packing, TokenPlaces tokens, CompiledGraph padded) {
            this.packing = packing;
            this.tokens = tokens;
            this.padded = padded;
            isSingle = tokens.batch() == 1 && tokens.areAll() && tokens.count() <= packing.graph.mostTokens();
            int all = tokens(tokens.count());
            length = isSingle ? (int) Math.min(all, packing.graph.mostTokens()) : all;
        }
    }

    /// Looks whether a run is better packed.
    ///
    /// @param padded the programs for texts with padding, to which it is left otherwise
    public Optional<Batch> choose(List<Tensor> tensors, CompiledGraph padded) {
        if (!areTexts || packing.made().filter(Optional::isEmpty).isPresent()) {
            return Optional.empty();
        }
        boolean isPlanned = padded.has(shapes(tensors));
        if ((isPlanned || padded.count() < FEW_SHAPES) && !mayHavePadding(tensors)) {
            return Optional.empty();
        }
        var found = packing.get(() -> TokenPacking.of(graph.get())
                .map(packed -> new Packing(packed, new CompiledGraph(packed.graph(), context))));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var packed = found.get().graph;
        if (!areAlike(tensors)) {
            return Optional.empty();
        }
        return TokenPlaces.of(tensors.get(packed.mask()))
                .filter(tokens -> !packed.readsFirsts() || tokens.haveFirsts())
                .filter(tokens -> isWorth(tokens, tensors, isPlanned))
                .map(tokens -> new Batch(found.get(), tokens, padded));
    }

    /// Whether all inputs have as many texts and tokens; if not, they may be broadcast, or wrong.
    private static boolean areAlike(List<Tensor> tensors) {
        var first = tensors.getFirst().shape();
        return tensors.stream()
                .map(Tensor::shape)
                .allMatch(shape -> shape.dim(0) == first.dim(0) && shape.dim(1) == first.dim(1));
    }

    private boolean isWorth(TokenPlaces tokens, List<Tensor> tensors, boolean isPlanned) {
        boolean isSmaller = tokens(tokens.count()) < tokens.batch() * tokens.sequence();
        return isSmaller && !tokens.areAll() || !isPlanned && uses(shapes(tensors)) <= USES_BEFORE_PLAN;
    }

    private synchronized int uses(List<Shape> shapes) {
        return uses.merge(shapes, 1, Integer::sum);
    }

    /// Whether an input that is called a mask has zeros. Others are not looked at: where none is, a program that
    /// is there is as good as any.
    private boolean mayHavePadding(List<Tensor> tensors) {
        for (int mask : masks) {
            if (TokenPlaces.havePadding(tensors.get(mask))) {
                return true;
            }
        }
        return false;
    }

    private static List<Shape> shapes(List<Tensor> tensors) {
        return tensors.stream().map(Tensor::shape).toList();
    }

    /// For how many tokens the program is that so many run with.
    static int tokens(int count) {
        int step = Math.max(LEAST_STEP, Integer.highestOneBit(Math.max(1, count - 1)) / STEPS);
        return Math.ceilDiv(count, step) * step;
    }

    /// For how many texts the program is that so many run with.
    static int texts(int count) {
        return count <= STEPS ? Integer.highestOneBit(2 * count - 1) : Math.ceilDiv(count, STEPS) * STEPS;
    }

    /// Runs texts as [Stream#run] does; outputs have the shapes of texts with padding.
    public Stream.Results run(Stream stream, Batch batch, List<Tensor> tensors) {
        var graph = batch.packing.graph;
        var slots = inputSlots(batch, tensors);
        var inputBuffers = buffers(slots);
        var packedInputs = inputBuffers.take();
        try {
            fill(packedInputs, batch, tensors);
            if (batch.isSingle) {
                return beginnings(stream.run(batch.padded.program(packedInputs), packedInputs), batch);
            }
            tell(packedInputs.subList(graph.graph().inputs().size() - TOLD, packedInputs.size()), batch);
            return spread(stream.run(batch.packing.compiled.program(packedInputs), packedInputs), batch);
        } finally {
            inputBuffers.giveBack(packedInputs);
        }
    }

    private synchronized OutputBuffers buffers(List<Slot.Output> slots) {
        return buffers.computeIfAbsent(slots, OutputBuffers::new);
    }

    private static List<Slot.Output> inputSlots(Batch batch, List<Tensor> tensors) {
        long count = batch.length;
        var slots = new ArrayList<Slot.Output>();
        for (var tensor : tensors) {
            var dims = new ArrayList<>(tensor.shape().toList());
            dims.set(0, 1L);
            dims.set(1, count);
            slots.add(new Slot.Output(slots.size(), tensor.type(), Shape.of(dims)));
        }
        if (!batch.isSingle) {
            long texts = batch.packing.graph.readsFirsts() ? texts(batch.tokens.batch()) : 1;
            slots.add(new Slot.Output(slots.size(), DataType.INT64, Shape.of(count)));
            slots.add(new Slot.Output(slots.size(), DataType.INT32, Shape.of(count, 2)));
            slots.add(new Slot.Output(slots.size(), DataType.INT64, Shape.of(texts)));
        }
        return slots;
    }

    /// What the program is filled up with are copies of the first token; a single text's mask shows them.
    private static void fill(List<Tensor> packed, Batch batch, List<Tensor> tensors) {
        var tokens = batch.tokens;
        int count = tokens.count();
        int mask = batch.packing.graph.mask();
        for (int i = 0; i < tensors.size(); i++) {
            long row = tensors.get(i).byteSize() / ((long) tokens.batch() * tokens.sequence());
            var from = tensors.get(i).memory();
            var to = packed.get(i).memory();
            for (int token = 0; token < batch.length; token++) {
                long place = i == mask || token >= count ? tokens.place(0) : tokens.place(token);
                MemorySegment.copy(from, place * row, to, token * row, row);
            }
            if (i == mask && batch.isSingle) {
                clear(to, count * row, (batch.length - count) * row);
            }
        }
    }

    /// Tells how texts are packed: positions, ranges and firsts. What fills the program up sees itself.
    private static void tell(List<Tensor> told, Batch batch) {
        var tokens = batch.tokens;
        var positions = told.get(0);
        var ranges = told.get(1);
        var firsts = told.get(2);
        for (int text = 0; text < tokens.batch(); text++) {
            int begin = tokens.begin(text);
            int end = tokens.begin(text + 1);
            for (int token = begin; token < end; token++) {
                positions.setLong(token, tokens.place(token) - (long) text * tokens.sequence());
                setRange(ranges, token, begin, end);
            }
        }
        for (int token = tokens.count(); token < batch.length; token++) {
            positions.setLong(token, 0);
            setRange(ranges, token, tokens.count(), batch.length);
        }
        for (int text = 0; text < firsts.size(); text++) {
            firsts.setLong(text, tokens.begin(Math.min(text, tokens.batch() - 1)));
        }
    }

    private static void setRange(Tensor ranges, int token, int begin, int end) {
        ranges.setLong(2L * token, begin);
        ranges.setLong(2L * token + 1, end);
    }

    private static List<Slot.Output> outputSlots(Stream.Results results, Batch batch) {
        var slots = new ArrayList<Slot.Output>();
        for (int i = 0; i < results.tensors().size(); i++) {
            var tensor = results.tensors().get(i);
            var form = batch.packing.graph.outputs().get(i);
            slots.add(new Slot.Output(i, tensor.type(), shape(tensor, form, batch.tokens)));
        }
        return slots;
    }

    /// What outputs begin with, in the same memory.
    private static Stream.Results beginnings(Stream.Results results, Batch batch) {
        var views = new ArrayList<Tensor>();
        for (var slot : outputSlots(results, batch)) {
            views.add(beginning(results.tensors().get(slot.index()), slot));
        }
        return new Stream.Results(views, results.release());
    }

    /// The outputs with the shapes of texts with padding: the same memory where that is all there is to do.
    private Stream.Results spread(Stream.Results results, Batch batch) {
        var forms = batch.packing.graph.outputs();
        if (!forms.contains(PackedGraph.Form.TOKENS)) {
            return beginnings(results, batch);
        }
        var slots = outputSlots(results, batch);
        var spreadBuffers = buffers(slots);
        var outputs = spreadBuffers.take();
        for (int i = 0; i < outputs.size(); i++) {
            if (forms.get(i) == PackedGraph.Form.TEXTS) {
                outputs.get(i).copyFrom(beginning(results.tensors().get(i), slots.get(i)));
            } else {
                spread(results.tensors().get(i), outputs.get(i), batch.tokens);
            }
        }
        results.release().run();
        return new Stream.Results(outputs, () -> spreadBuffers.giveBack(outputs));
    }

    private static Shape shape(Tensor tensor, PackedGraph.Form form, TokenPlaces tokens) {
        var dims = new ArrayList<>(tensor.shape().toList());
        dims.set(0, (long) tokens.batch());
        if (form == PackedGraph.Form.TOKENS) {
            dims.set(1, (long) tokens.sequence());
        }
        return Shape.of(dims);
    }

    private static Tensor beginning(Tensor tensor, Slot.Output slot) {
        return Tensor.wrap(
                slot.type(),
                slot.shape(),
                tensor.memory().asSlice(0, slot.type().bytes(slot.shape().size())));
    }

    private static void spread(Tensor from, Tensor to, TokenPlaces tokens) {
        int all = tokens.batch() * tokens.sequence();
        long row = to.byteSize() / all;
        int token = 0;
        for (int place = 0; place < all; ) {
            boolean isToken = token < tokens.count() && tokens.place(token) == place;
            int end = place + 1;
            if (isToken) {
                int first = token++;
                while (token < tokens.count() && tokens.place(token) == end) {
                    token++;
                    end++;
                }
                MemorySegment.copy(from.memory(), first * row, to.memory(), place * row, (end - place) * row);
            } else {
                int next = token < tokens.count() ? tokens.place(token) : all;
                end = next;
                clear(to.memory(), place * row, (end - place) * row);
            }
            place = end;
        }
    }

    private static void clear(MemorySegment memory, long at, long bytes) {
        memory.asSlice(at, bytes).fill((byte) 0);
    }
}
