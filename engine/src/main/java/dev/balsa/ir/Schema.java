package dev.balsa.ir;

import dev.balsa.tensor.DataType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The signature of an operator in ONNX: domain, name, the first opset that has it, its parameters, and how a node is
/// read.
///
/// Built fluently: `Schema.of("Gemm").in("A", NUMERIC).in("B", NUMERIC).optional("C",
/// NUMERIC).out("Y").reader(Gemm::read)`. Immutable; each step returns a new schema.
public final class Schema {
    /// Float32, float64, float16 and bfloat16.
    public static final Set<DataType> FLOATS = types(DataType::isFloat);
    /// Signed and unsigned integers of every width.
    public static final Set<DataType> INTEGERS = types(DataType::isInteger);
    /// Floats and integers.
    public static final Set<DataType> NUMERIC = types(DataType::isNumeric);
    /// Bool alone.
    public static final Set<DataType> BOOLS = Set.of(DataType.BOOL);
    /// The types that hold indices and lengths: int32 and int64.
    public static final Set<DataType> INDICES = Set.of(DataType.INT32, DataType.INT64);
    /// Every type.
    public static final Set<DataType> ANY = types(type -> true);

    /// Makes an operator from a node of a model file.
    @FunctionalInterface
    public interface Reader {
        /// Reads the attributes; may bring the inputs of older forms to the newest form.
        Op read(NodeReader node);
    }

    /// How often a parameter occurs.
    public enum Arity {
        REQUIRED,
        OPTIONAL,
        /// Any number of times, at least once; the last parameter.
        VARIADIC,
        /// Any number of times, even none; the last parameter.
        REST
    }

    /// One input or output.
    ///
    /// @param types the element types it may have (all types for outputs, which follow from the inputs)
    public record Parameter(String name, Arity arity, Set<DataType> types) {}

    private static final Reader UNREADABLE = node -> {
        throw node.unsupported("this operator is made by rewrites and does not occur in files");
    };

    private final String domain;
    private final String name;
    private final int since;
    private final List<Parameter> inputs;
    private final List<Parameter> outputs;
    private final Reader reader;
    private final List<Schema> aliases;

    private Schema(
            String domain,
            String name,
            int since,
            List<Parameter> inputs,
            List<Parameter> outputs,
            Reader reader,
            List<Schema> aliases) {
        this.domain = domain;
        this.name = name;
        this.since = since;
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        this.reader = reader;
        this.aliases = List.copyOf(aliases);
    }

    /// A schema of the default domain `ai.onnx`, since opset 1, without parameters.
    public static Schema of(String name) {
        return new Schema("", name, 1, List.of(), List.of(), UNREADABLE, List.of());
    }

    private static Set<DataType> types(Predicate<DataType> wanted) {
        var set = EnumSet.noneOf(DataType.class);
        DataType.all().stream().filter(wanted).forEach(set::add);
        return Set.copyOf(set);
    }

    /// The same in another operator domain, such as `com.microsoft`.
    public Schema domain(String other) {
        return new Schema(other, name, since, inputs, outputs, reader, aliases);
    }

    /// The first opset of its domain that has this operator.
    public Schema since(int opset) {
        return new Schema(domain, name, opset, inputs, outputs, reader, aliases);
    }

    /// Adds a required input.
    public Schema in(String parameter, Set<DataType> types) {
        return withInput(new Parameter(parameter, Arity.REQUIRED, types));
    }

    /// Adds an input that may be left out.
    public Schema optional(String parameter, Set<DataType> types) {
        return withInput(new Parameter(parameter, Arity.OPTIONAL, types));
    }

    /// Adds an input that may occur any number of times.
    public Schema variadic(String parameter, Set<DataType> types) {
        return withInput(new Parameter(parameter, Arity.VARIADIC, types));
    }

    /// Adds an input that may occur any number of times or not at all.
    public Schema rest(String parameter, Set<DataType> types) {
        return withInput(new Parameter(parameter, Arity.REST, types));
    }

    /// Adds an output.
    public Schema out(String parameter) {
        return withOutput(new Parameter(parameter, Arity.REQUIRED, ANY));
    }

    /// Adds an output that may be left out.
    public Schema optionalOut(String parameter) {
        return withOutput(new Parameter(parameter, Arity.OPTIONAL, ANY));
    }

    /// Adds an output that may occur any number of times.
    public Schema variadicOut(String parameter) {
        return withOutput(new Parameter(parameter, Arity.VARIADIC, ANY));
    }

    /// How nodes of this schema are read.
    public Schema reader(Reader how) {
        return new Schema(domain, name, since, inputs, outputs, how, aliases);
    }

    /// Adds another ONNX operator that is read as this one (`Upsample` as `Resize`).
    public Schema alias(Schema other) {
        return new Schema(domain, name, since, inputs, outputs, reader, append(aliases, other));
    }

    private Schema withInput(Parameter parameter) {
        return new Schema(domain, name, since, append(inputs, parameter), outputs, reader, aliases);
    }

    private Schema withOutput(Parameter parameter) {
        return new Schema(domain, name, since, inputs, append(outputs, parameter), reader, aliases);
    }

    private static <T> List<T> append(List<T> list, T last) {
        var longer = new ArrayList<>(list);
        longer.add(last);
        return longer;
    }

    /// The operator domain, empty for `ai.onnx`.
    public String domain() {
        return domain;
    }

    /// The operator's name in ONNX.
    public String name() {
        return name;
    }

    /// The first opset that has the operator.
    public int since() {
        return since;
    }

    /// The inputs in order.
    public List<Parameter> inputs() {
        return inputs;
    }

    /// The outputs in order.
    public List<Parameter> outputs() {
        return outputs;
    }

    /// How a node is read.
    public Reader reader() {
        return reader;
    }

    /// Other ONNX operators that are read as this one.
    public List<Schema> aliases() {
        return aliases;
    }

    /// The parameter that input `index` belongs to; the variadic one repeats.
    public Optional<Parameter> input(int index) {
        if (index < inputs.size()) {
            return Optional.of(inputs.get(index));
        }
        if (inputs.isEmpty()) {
            return Optional.empty();
        }
        return switch (inputs.getLast().arity()) {
            case VARIADIC, REST -> Optional.of(inputs.getLast());
            case REQUIRED, OPTIONAL -> Optional.empty();
        };
    }

    /// The form `Conv`, or `com.microsoft::QLinearAdd`.
    @Override
    public String toString() {
        return domain.isEmpty() ? name : domain + "::" + name;
    }
}
