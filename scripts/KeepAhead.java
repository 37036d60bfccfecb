import static java.lang.constant.ConstantDescs.CD_Enum;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Gives classes a constructor that reads their fields, so that prepared objects can be read back from a file
/// without reflection, which takes long in a young JVM (`dev.balsa.kept` says what for, and writes the other end).
///
/// Every class of the packages below gets `C(KeptReader)`, which assigns the fields in the order of their names,
/// but for transient ones; every package a class `KeptClasses` that calls these by number; and
/// `dev.balsa.kept.KeptTypes` the numbers of all, and a sum over the sources, by which files of another build are
/// told.
public final class KeepAhead {
    private static final List<String> PACKAGES = List.of("cpu", "ir", "kernel", "plan", "run", "tensor");
    private static final String ROOT = "dev/balsa/";
    private static final ClassDesc READER = ClassDesc.of("dev.balsa.kept.KeptReader");
    private static final String TYPES = ROOT + "kept/KeptTypes";
    private static final String CREATOR = "KeptClasses";
    private static final MethodTypeDesc READING = MethodTypeDesc.of(CD_void, READER);
    private static final MethodTypeDesc CREATION = MethodTypeDesc.of(CD_Object, CD_int, READER);

    private final ClassFile file;
    private final Path folder;
    private final Path sources;
    private final Map<String, ClassModel> models = new TreeMap<>();

    private KeepAhead(ClassFile file, Path folder, Path sources) {
        this.file = file;
        this.folder = folder;
        this.sources = sources;
    }

    /// Goes over the class files in a folder, made from these sources; without `KeptTypes` they stay as they are.
    static void run(Path folder, Path sources) throws IOException {
        if (Files.exists(folder.resolve(TYPES + ".class"))) {
            var hierarchy = ClassHierarchyResolver.ofResourceParsing(KeepAhead.class.getClassLoader());
            var file = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(hierarchy.cached()));
            new KeepAhead(file, folder, sources).run();
        }
    }

    private void run() throws IOException {
        for (var name : PACKAGES) {
            for (var path : classFiles(folder.resolve(ROOT + name))) {
                var model = file.parse(path);
                models.put(model.thisClass().asInternalName(), model);
            }
        }
        var creators = new TreeMap<String, List<ClassModel>>();
        for (var model : models.values()) {
            if (isKept(model)) {
                if (!isEnum(model) && !hasReader(model)) {
                    write(model.thisClass().asInternalName(), file.transformClass(model, reading(model)));
                }
                if (!is(model, ClassFile.ACC_ABSTRACT) || isEnum(model)) {
                    creators.computeIfAbsent(folderOf(model), _ -> new ArrayList<>()).add(model);
                }
            }
        }
        for (var creator : creators.entrySet()) {
            write(creator.getKey() + "/" + CREATOR, creator(creator.getKey(), creator.getValue()));
        }
        var types = file.parse(folder.resolve(TYPES + ".class"));
        write(TYPES, file.transformClass(types, types(creators, HexFormat.of().formatHex(sum(sources).digest()))));
    }

    /// A sum over the sources, by their places and contents.
    private static MessageDigest sum(Path sources) throws IOException {
        try (var paths = Files.walk(sources)) {
            var sum = MessageDigest.getInstance("SHA-256");
            for (var path : paths.filter(Files::isRegularFile).sorted().toList()) {
                sum.update(sources.relativize(path).toString().getBytes(StandardCharsets.UTF_8));
                sum.update(Files.readAllBytes(path));
            }
            return sum;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Path> classFiles(Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            return paths.filter(path -> path.toString().endsWith(".class"))
                    .filter(path -> !path.endsWith("module-info.class") && !path.endsWith("package-info.class"))
                    .filter(path -> !path.endsWith(CREATOR + ".class"))
                    .sorted()
                    .toList();
        }
    }

    private void write(String name, byte[] bytes) throws IOException {
        Files.write(folder.resolve(name + ".class"), bytes);
    }

    private static boolean is(ClassModel model, int flag) {
        return (model.flags().flagsMask() & flag) != 0;
    }

    private static boolean isEnum(ClassModel model) {
        return parent(model).equals(CD_Enum);
    }

    private static ClassDesc parent(ClassModel model) {
        return model.superclass().orElseThrow().asSymbol();
    }

    private static String internalName(ClassDesc type) {
        var descriptor = type.descriptorString();
        return descriptor.substring(1, descriptor.length() - 1);
    }

    private static String folderOf(ClassModel model) {
        var name = model.thisClass().asInternalName();
        return name.substring(0, name.lastIndexOf('/'));
    }

    /// Whether objects can be made by reading their fields: what they inherit must be so, too.
    private boolean isKept(ClassModel model) {
        if (is(model, ClassFile.ACC_INTERFACE)) {
            return false;
        }
        var parent = parent(model);
        if (parent.equals(CD_Object) || parent.equals(CD_Enum) || parent.equals(ClassDesc.of("java.lang.Record"))) {
            return true;
        }
        var above = models.get(internalName(parent));
        return above != null && !isEnum(above) && isKept(above);
    }

    private static boolean isReader(MethodModel method) {
        return method.methodName().equalsString(INIT_NAME)
                && method.methodTypeSymbol().equals(READING);
    }

    private static boolean hasReader(ClassModel model) {
        return model.methods().stream().anyMatch(KeepAhead::isReader);
    }

    private static List<FieldModel> fields(ClassModel model) {
        return model.fields().stream()
                .filter(field -> (field.flags().flagsMask() & (ClassFile.ACC_STATIC | ClassFile.ACC_TRANSIENT)) == 0)
                .sorted(Comparator.comparing(field -> field.fieldName().stringValue()))
                .toList();
    }

    private ClassTransform reading(ClassModel model) {
        var self = model.thisClass().asSymbol();
        var parent = parent(model);
        boolean isParentKept = models.containsKey(internalName(parent));
        int flags = ClassFile.ACC_PROTECTED | ClassFile.ACC_SYNTHETIC;
        return ClassTransform.endHandler(builder -> builder.withMethodBody(INIT_NAME, READING, flags, code -> {
            code.aload(0);
            if (isParentKept) {
                code.aload(1).invokespecial(parent, INIT_NAME, READING);
            } else {
                code.invokespecial(parent, INIT_NAME, MethodTypeDesc.of(CD_void));
            }
            for (var field : fields(model)) {
                var type = field.fieldTypeSymbol();
                code.aload(0).aload(1);
                read(code, type);
                code.putfield(self, field.fieldName().stringValue(), type);
            }
            code.return_();
        }));
    }

    private static void read(CodeBuilder code, ClassDesc type) {
        var kind = type.isPrimitive() ? type : CD_Object;
        var name = type.isPrimitive() ? type.displayName() : "object";
        code.invokevirtual(
                READER, "read" + Character.toUpperCase(name.charAt(0)) + name.substring(1), MethodTypeDesc.of(kind));
        if (!type.isPrimitive()) {
            code.checkcast(type);
        }
    }

    /// `public static Object create(int number, KeptReader reader)`, by number in the package.
    private byte[] creator(String packageName, List<ClassModel> kept) {
        var self = ClassDesc.ofInternalName(packageName + "/" + CREATOR);
        int flags = ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC;
        return file.build(self, builder -> builder.withFlags(
                        ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL | ClassFile.ACC_SUPER | ClassFile.ACC_SYNTHETIC)
                .withMethodBody("create", CREATION, flags, code -> choose(code, kept.size(), number -> {
                    var type = kept.get(number).thisClass().asSymbol();
                    if (isEnum(kept.get(number))) {
                        code.invokestatic(type, "values", MethodTypeDesc.of(type.arrayType()));
                        code.aload(1).invokevirtual(READER, "readInt", MethodTypeDesc.of(CD_int)).aaload();
                    } else {
                        code.new_(type).dup().aload(1).invokespecial(type, INIT_NAME, READING);
                    }
                    code.areturn();
                })));
    }

    private interface Case {
        void write(int number);
    }

    /// A switch over an int argument that is 0 to `count` (exclusive).
    private static void choose(CodeBuilder code, int count, Case body) {
        var wrong = code.newLabel();
        var cases = new ArrayList<SwitchCase>();
        for (int i = 0; i < count; i++) {
            cases.add(SwitchCase.of(i, code.newLabel()));
        }
        code.iload(0).tableswitch(0, count - 1, wrong, cases);
        for (int i = 0; i < count; i++) {
            code.labelBinding(cases.get(i).target());
            body.write(i);
        }
        code.labelBinding(wrong).aconst_null().areturn();
    }

    /// Replaces the bodies that say that there are no types.
    private ClassTransform types(Map<String, List<ClassModel>> creators, String sum) {
        var packages = List.copyOf(creators.keySet());
        return ClassTransform.dropping(element -> element instanceof MethodModel method
                        && List.of("build", "names", "create").contains(method.methodName().stringValue()))
                .andThen(ClassTransform.endHandler(builder -> {
                    builder.withMethodBody(
                            "build",
                            MethodTypeDesc.of(CD_String),
                            ClassFile.ACC_STATIC,
                            code -> code.loadConstant(sum).areturn());
                    builder.withMethodBody(
                            "names", MethodTypeDesc.of(CD_String, CD_int), ClassFile.ACC_STATIC, code -> choose(
                                    code, packages.size(), number -> code.loadConstant(
                                                    names(packages.get(number), creators.get(packages.get(number))))
                                            .areturn()));
                    builder.withMethodBody(
                            "create",
                            MethodTypeDesc.of(CD_Object, CD_int, CD_int, READER),
                            ClassFile.ACC_STATIC,
                            code -> choose(code, packages.size(), number -> code.iload(1)
                                    .aload(2)
                                    .invokestatic(
                                            ClassDesc.ofInternalName(packages.get(number) + "/" + CREATOR),
                                            "create",
                                            CREATION)
                                    .areturn()));
                }));
    }

    /// The package and then its classes, as [Class#getName] has them.
    private static String names(String packageName, List<ClassModel> kept) {
        var names = new StringBuilder(packageName.replace('/', '.'));
        for (var model : kept) {
            names.append(' ').append(model.thisClass().asInternalName().substring(packageName.length() + 1));
        }
        return names.toString();
    }
}
