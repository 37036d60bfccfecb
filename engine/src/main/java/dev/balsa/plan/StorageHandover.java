package dev.balsa.plan;

import dev.balsa.cpu.Isa;
import dev.balsa.ir.Graph;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.kernel.Storage;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Precision;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Has kernels hand on what they make in the form in which tile units multiply it: as bfloat16 parts
/// ([Storage#PARTS]), which leaves results as they are, bit for bit, or as bfloat16 numbers ([Storage#BFLOAT16]), of
/// which as much fits into a cache as of floats into two.
///
/// A value is stored so if the kernel that makes it can write it so, all that read it are kernels that can read it so,
/// and one of them wants it ([dev.balsa.kernel.Kernel#wants]), or hands it on to one that does: what is not multiplied
/// afterwards is not rounded. What is made of several parts, and read as floats as well, by a residual for instance,
/// stays floats: to put it together again takes as long as is saved.
final class StorageHandover {
    /// A node with its kernel.
    private record Maker(Node node, KernelChoice choice, Set<Set<Integer>> takes) {
        Value operand(int index) {
            return choice.operands().get(index);
        }

        int output() {
            return choice.operands().size() - 1;
        }

        List<Value> inputs() {
            return choice.operands().subList(0, output());
        }

        boolean takes(int operand) {
            return takes.stream().anyMatch(set -> set.contains(operand));
        }
    }

    /// All values are floats.
    static final StorageHandover NONE =
            of(new GraphBuilder("none").build(List.of()), Map.of(), List.of(), Storage.FLOATS);

    private final Map<Node, Optional<KernelChoice>> choices;
    private final Storage storage;
    private final List<Maker> makers = new ArrayList<>();
    /// Values that are stored so, as far as is known.
    private final Set<Value> values = new HashSet<>();

    private StorageHandover(
            Graph graph, Map<Node, Optional<KernelChoice>> choices, Collection<Node> done, Storage storage) {
        this.choices = choices;
        this.storage = storage;
        var floats = new HashSet<>(graph.outputs());
        var doneByOthers = Collections.<Node>newSetFromMap(new IdentityHashMap<>());
        doneByOthers.addAll(done);
        for (var node : graph.nodes()) {
            var choice = choices.getOrDefault(node, Optional.empty());
            if (choice.isEmpty()) {
                if (!doneByOthers.contains(node)) {
                    floats.addAll(node.inputs());
                }
            } else {
                add(new Maker(node, choice.get(), choice.get().takes(storage)), floats);
            }
        }
        values.removeAll(floats);
        int before;
        do {
            before = values.size();
            makers.forEach(this::keepSets);
            values.retainAll(wanted());
        } while (values.size() < before);
    }

    private void add(Maker maker, Set<Value> floats) {
        makers.add(maker);
        boolean isOfFloats = maker.operand(maker.output()).type().dtype() == DataType.FLOAT32;
        if (maker.node.outputs().size() == 1 && isOfFloats && maker.takes(maker.output())) {
            values.add(maker.operand(maker.output()));
        }
        var able = new HashSet<Value>();
        for (int i = 0; i < maker.output(); i++) {
            (maker.takes(i) ? able : floats).add(maker.operand(i));
        }
        // What else a node has among its inputs is not read by the kernel alone.
        maker.node.inputs().stream().filter(input -> !able.contains(input)).forEach(floats::add);
    }

    /// Of a set of operands all are stored so, or none.
    private void keepSets(Maker maker) {
        for (var set : maker.takes) {
            var operands = set.stream().map(maker::operand).toList();
            if (!values.containsAll(operands)) {
                operands.forEach(values::remove);
            }
        }
    }

    /// Values of which somebody is better off.
    private Set<Value> wanted() {
        var wanted = new HashSet<Value>();
        for (var maker : makers.reversed()) {
            maker.choice.wants(storage).forEach(operand -> wanted.add(maker.operand(operand)));
            var output = maker.operand(maker.output());
            if (wanted.contains(output) && values.contains(output)) {
                wanted.addAll(maker.inputs());
            }
        }
        return wanted;
    }

    /// Decides for a graph.
    ///
    /// @param done nodes without a kernel that kernels of others do
    static StorageHandover of(
            Graph graph, Map<Node, Optional<KernelChoice>> choices, Collection<Node> done, Storage storage) {
        return new StorageHandover(graph, choices, done, storage);
    }

    /// How values are stored at best, if not as floats.
    static Storage wanted(Isa isa, Precision precision) {
        return isa == Isa.AMX && precision == Precision.BF16 ? Storage.BFLOAT16 : Storage.PARTS;
    }

    /// The choices with what is stored so.
    Map<Node, Optional<KernelChoice>> choices() {
        var changed = FactorsIntoRows.copy(choices);
        makers.forEach(maker -> changed.put(maker.node, Optional.of(changed(maker))));
        return changed;
    }

    private KernelChoice changed(Maker maker) {
        var operands = new TreeSet<Integer>();
        for (var set : maker.takes) {
            set.stream()
                    .filter(operand -> values.contains(maker.operand(operand)))
                    .forEach(operands::add);
        }
        return maker.choice.stored(storage, operands);
    }

    /// A choice of floats with its output stored as that is in the end, if it can write it so.
    Optional<KernelChoice> withOutput(KernelChoice choice) {
        int output = choice.operands().size() - 1;
        if (storage(choice.operands().get(output)) == Storage.FLOATS) {
            return Optional.of(choice);
        }
        var alone = Set.of(output);
        return choice.takes(storage).contains(alone) ? Optional.of(choice.stored(storage, alone)) : Optional.empty();
    }

    /// How a value is stored; as floats if that is not for it to say.
    Storage storage(Value value) {
        return values.contains(value) ? storage : Storage.FLOATS;
    }

    /// Bytes of an element of a value whose elements have whole bytes.
    int width(Value value) {
        return values.contains(value) ? storage.bytes() : value.type().dtype().elementBytes();
    }
}
