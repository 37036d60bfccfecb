package dev.balsa.kernel;

import dev.balsa.asm.MachineCode;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The memory outside of the heap that a work keeps for its routines, such as tables of rows, found by looking
/// through its fields.
final class NativeTables {
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<MemorySegment> found = new ArrayList<>();

    private NativeTables() {}

    static List<MemorySegment> of(Work work) {
        var tables = new NativeTables();
        tables.look(work);
        return tables.found;
    }

    private void look(Object object) {
        if (object == null || object instanceof MachineCode || object instanceof Constants || !seen.add(object)) {
            return;
        }
        switch (object) {
            case MemorySegment segment -> {
                if (segment.isNative() && segment.byteSize() > 0) {
                    found.add(segment);
                }
            }
            case Object[] array -> Arrays.asList(array).forEach(this::look);
            case Iterable<?> several -> several.forEach(this::look);
            case Map<?, ?> map -> map.values().forEach(this::look);
            case Optional<?> optional -> optional.ifPresent(this::look);
            case Enum<?> _ -> {}
            default -> lookIntoFields(object);
        }
    }

    private void lookIntoFields(Object object) {
        for (var type = object.getClass();
                type != null && type.getName().startsWith("dev.balsa.");
                type = type.getSuperclass()) {
            for (var field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    field.setAccessible(true);
                    try {
                        look(field.get(object));
                    } catch (IllegalAccessException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
        }
    }
}
