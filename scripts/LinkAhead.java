import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Links ahead what Java links at first use: the `equals`, `hashCode` and `toString` of records, and switches over
/// types. The compiler leaves both to `invokedynamic`; each then spins classes when it is first met, which takes a
/// quarter of the time to load a model in a new process, and ahead-of-time caches of Java 25 do not keep them (they do
/// keep lambdas and concatenated strings). Here they become ordinary code with the same results, as `ObjectMethods` and
/// `SwitchBootstraps` of `java.lang.runtime` define them.
///
/// Runs after the compiler (`process-classes`, see `pom.xml`), on folders of class files, in place; a second run
/// changes nothing.
public final class LinkAhead {
    private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");
    private static final ClassDesc BUILDER = ClassDesc.of("java.lang.StringBuilder");
    private static final int HASH_FACTOR = 31;

    private final ClassModel model;
    private final ClassDesc self;
    private final List<TypeSwitch> switches = new ArrayList<>();
    private boolean hasChanged;

    /// A method that tells the number of the first label, from a given one on, that an object is an instance of.
    private record TypeSwitch(String name, MethodTypeDesc type, List<ClassDesc> labels) {}

    private LinkAhead(ClassModel model) {
        this.model = model;
        self = model.thisClass().asSymbol();
    }

    /// Links the classes in these folders; the class path names them and what they depend on.
    public static void main(String[] folders) throws IOException {
        var classes = ClassHierarchyResolver.ofResourceParsing(LinkAhead.class.getClassLoader()).cached();
        var file = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(classes));
        for (var folder : folders) {
            if (Files.isDirectory(Path.of(folder))) {
                link(file, Path.of(folder));
            }
        }
    }

    private static void link(ClassFile file, Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            for (var path : paths.filter(path -> path.toString().endsWith(".class")).toList()) {
                var model = file.parse(path);
                var linking = new LinkAhead(model);
                var bytes = file.transformClass(model, linking.transform());
                if (linking.hasChanged) {
                    Files.write(path, bytes);
                }
            }
        }
    }

    private ClassTransform transform() {
        return ClassTransform.transformingMethodBodies(LinkAhead::isLinkedLate, this::link)
                .andThen(ClassTransform.endHandler(builder -> {
                    for (var one : switches) {
                        int flags = ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC;
                        builder.withMethodBody(one.name, one.type, flags, code -> write(code, one));
                    }
                }));
    }

    private static boolean isLinkedLate(MethodModel method) {
        return method.code().stream()
                .flatMap(code -> code.elementStream())
                .anyMatch(InvokeDynamicInstruction.class::isInstance);
    }

    private void link(CodeBuilder code, CodeElement element) {
        if (element instanceof InvokeDynamicInstruction call) {
            var owner = call.bootstrapMethod().owner().displayName();
            var arguments = call.bootstrapArgs();
            // Labels that are no types, as constants of enums, stay as they are.
            if (owner.equals("SwitchBootstraps") && arguments.stream().allMatch(ClassDesc.class::isInstance)) {
                var labels = arguments.stream().map(ClassDesc.class::cast).toList();
                var one = new TypeSwitch("typeSwitch$" + switches.size(), call.typeSymbol(), labels);
                switches.add(one);
                boolean isInterface = (model.flags().flagsMask() & ClassFile.ACC_INTERFACE) != 0;
                code.invokestatic(self, one.name, one.type, isInterface);
                hasChanged = true;
                return;
            }
            if (owner.equals("ObjectMethods")) {
                var fields = arguments.stream()
                        .filter(DirectMethodHandleDesc.class::isInstance)
                        .map(DirectMethodHandleDesc.class::cast)
                        .toList();
                // The arguments of the call are those of the method around it, and nothing else.
                switch (call.name().stringValue()) {
                    case "equals" -> equals(code.pop2(), fields);
                    case "hashCode" -> hashCode(code.pop(), fields);
                    case "toString" -> toString(code.pop(), fields);
                    default -> throw new IllegalStateException(self + ": unknown method of records " + call);
                }
                hasChanged = true;
                return;
            }
        }
        code.with(element);
    }

    private static void write(CodeBuilder code, TypeSwitch one) {
        var isNull = code.newLabel();
        code.aload(0).ifnull(isNull);
        for (int i = 0; i < one.labels.size(); i++) {
            var next = code.newLabel();
            code.iload(1).loadConstant(i).if_icmpgt(next);
            code.aload(0).instanceOf(one.labels.get(i)).ifeq(next);
            code.loadConstant(i).ireturn();
            code.labelBinding(next);
        }
        code.loadConstant(one.labels.size()).ireturn();
        code.labelBinding(isNull).iconst_m1().ireturn();
    }

    private void equals(CodeBuilder code, List<DirectMethodHandleDesc> fields) {
        var same = code.newLabel();
        var other = code.newLabel();
        var end = code.newLabel();
        code.aload(0).aload(1).if_acmpeq(same);
        code.aload(1).instanceOf(self).ifeq(other);
        for (var field : fields) {
            var type = type(field);
            code.aload(0).getfield(self, field.methodName(), type);
            code.aload(1).checkcast(self).getfield(self, field.methodName(), type);
            switch (type.descriptorString()) {
                case "I", "S", "B", "C", "Z" -> code.if_icmpne(other);
                case "J" -> code.lcmp().ifne(other);
                case "F", "D" -> code.invokestatic(box(type), "compare", MethodTypeDesc.of(CD_int, type, type)).ifne(other);
                default -> code.invokestatic(OBJECTS, "equals", MethodTypeDesc.of(CD_boolean, CD_Object, CD_Object))
                        .ifeq(other);
            }
        }
        code.labelBinding(same).iconst_1().goto_(end);
        code.labelBinding(other).iconst_0();
        code.labelBinding(end);
    }

    private void hashCode(CodeBuilder code, List<DirectMethodHandleDesc> fields) {
        code.iconst_0();
        for (var field : fields) {
            var type = type(field);
            code.bipush(HASH_FACTOR).imul().aload(0).getfield(self, field.methodName(), type);
            var owner = type.isPrimitive() ? box(type) : OBJECTS;
            code.invokestatic(owner, "hashCode", MethodTypeDesc.of(CD_int, type.isPrimitive() ? type : CD_Object));
            code.iadd();
        }
    }

    private void toString(CodeBuilder code, List<DirectMethodHandleDesc> fields) {
        code.new_(BUILDER).dup().invokespecial(BUILDER, "<init>", MethodTypeDesc.ofDescriptor("()V"));
        // Nested and local classes are named `Outer$Inner` and `Outer$1Inner`.
        var before = self.displayName().replaceAll(".*\\$\\d*", "") + "[";
        for (var field : fields) {
            var type = type(field);
            append(code.loadConstant(before + field.methodName() + "="), CD_String);
            append(code.aload(0).getfield(self, field.methodName(), type), appended(type));
            before = ", ";
        }
        append(code.loadConstant(fields.isEmpty() ? before + "]" : "]"), CD_String);
        code.invokevirtual(BUILDER, "toString", MethodTypeDesc.of(CD_String));
    }

    private static void append(CodeBuilder code, ClassDesc type) {
        code.invokevirtual(BUILDER, "append", MethodTypeDesc.of(BUILDER, type));
    }

    private static ClassDesc appended(ClassDesc type) {
        return switch (type.descriptorString()) {
            case "B", "S" -> CD_int;
            default -> type.isPrimitive() ? type : CD_Object;
        };
    }

    private static ClassDesc type(DirectMethodHandleDesc field) {
        return field.invocationType().returnType();
    }

    private static ClassDesc box(ClassDesc primitive) {
        var name = switch (primitive.descriptorString()) {
            case "I" -> "Integer";
            case "J" -> "Long";
            case "F" -> "Float";
            case "D" -> "Double";
            case "Z" -> "Boolean";
            case "B" -> "Byte";
            case "S" -> "Short";
            case "C" -> "Character";
            default -> throw new IllegalArgumentException(primitive + " is no primitive type");
        };
        return ClassDesc.of("java.lang." + name);
    }
}
