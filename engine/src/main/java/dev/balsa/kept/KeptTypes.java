package dev.balsa.kept;

import dev.balsa.error.InternalException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The classes whose objects can be kept, by number: that of their package and that in the package.
///
/// What is native to each build, here without any type, the build fills in (`scripts/KeepAhead.java`): [#build],
/// [#names] and [#create]. Where it did not, nothing is kept.
final class KeptTypes {
    /// Numbers by class name.
    private static final class Numbers {
        private static final Map<String, TypeNumber> BY_NAME = numbers();
    }

    /// @param packageNumber of the package
    /// @param number in the package
    record TypeNumber(int packageNumber, int number) {}

    private KeptTypes() {}

    /// Names the sources that the classes were made from; empty where no type is known.
    static String build() {
        return "";
    }

    /// The name of a package and, behind blanks, those of its classes, by number; null behind the last.
    static @Nullable String names(int packageNumber) {
        return null;
    }

    /// A new object of a type, its fields read in the order of their names, the inherited ones first, and transient
    /// ones left 0 or null; a constant, if the type is an enum. Null if there is no such type.
    static @Nullable Object create(int packageNumber, int number, KeptReader reader) {
        return null;
    }

    /// The number of a class, if objects of it can be kept.
    static Optional<TypeNumber> of(Class<?> type) {
        return Optional.ofNullable(Numbers.BY_NAME.get(type.getName()));
    }

    private static Map<String, TypeNumber> numbers() {
        var numbers = new HashMap<String, TypeNumber>();
        for (int packageNumber = 0; ; packageNumber++) {
            var names = names(packageNumber);
            if (names == null) {
                return numbers;
            }
            var parts = names.split(" ");
            for (int number = 1; number < parts.length; number++) {
                numbers.put(parts[0] + "." + parts[number], new TypeNumber(packageNumber, number - 1));
            }
        }
    }

    /// The fields of a class in the order in which they are read.
    static List<Field> fields(Class<?> type) {
        if (type == Object.class || type == Record.class) {
            return List.of();
        }
        var inherited = fields(type.getSuperclass());
        var own = Arrays.stream(type.getDeclaredFields())
                .filter(field -> (field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0)
                .sorted(Comparator.comparing(Field::getName))
                .toList();
        if (!own.stream().allMatch(Field::trySetAccessible)) {
            throw new InternalException("fields of " + type + " cannot be read");
        }
        return Stream.of(inherited, own).flatMap(List::stream).toList();
    }
}
