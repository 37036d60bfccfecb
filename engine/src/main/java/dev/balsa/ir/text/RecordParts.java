package dev.balsa.ir.text;

import dev.balsa.error.BalsaException;
import dev.balsa.error.InternalException;
import dev.balsa.ir.Op;
import dev.balsa.ir.Operators;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Records taken apart and put together by reflection.
final class RecordParts {
    private static final Map<String, Class<?>> OPERATORS = Operators.classes().stream()
            .collect(Collectors.toUnmodifiableMap(
                    type -> Operators.schemaOf(type).toString(), Function.identity()));

    private RecordParts() {}

    /// The operator's record class by the name its schema prints as.
    static Optional<Class<?>> operator(String name) {
        return Optional.ofNullable(OPERATORS.get(name));
    }

    /// The name by which [#operator] finds an operator.
    static String name(Op op) {
        return op.schema().toString();
    }

    static List<RecordComponent> components(Class<?> type) {
        return Arrays.asList(type.getRecordComponents());
    }

    static Object value(Object record, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new InternalException("cannot read component " + component + " of " + record.getClass(), e);
        }
    }

    /// A record of these component values.
    ///
    /// @throws BalsaException as the record's constructor does
    static Object make(Class<?> type, Object[] values) {
        try {
            var types = components(type).stream().map(RecordComponent::getType).toArray(Class<?>[]::new);
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof BalsaException refused) {
                throw refused;
            }
            throw new InternalException("the constructor of " + type.getName() + " failed", e);
        } catch (ReflectiveOperationException e) {
            throw new InternalException("cannot construct " + type.getName(), e);
        }
    }
}
