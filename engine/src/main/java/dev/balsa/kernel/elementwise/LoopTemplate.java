package dev.balsa.kernel.elementwise;

import dev.balsa.error.InternalException;
import java.io.IOException;
import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;

/// Classes whose loops are compiled anew for every function that they apply.
///
/// The optimising compiler keeps vectors in registers only where it sees the whole body of a loop, so a function must
/// be
/// a constant of the loop's class and not an argument. A template is an ordinary class with one such constant, and each
/// function gets a hidden copy of the class, with a profile and machine code of its own.
final class LoopTemplate {
    private LoopTemplate() {}

    /// A copy of `template` that applies `function`.
    static <L> L of(Class<L> type, Class<? extends L> template, Object function) {
        try (var bytes = template.getResourceAsStream(template.getSimpleName() + ".class")) {
            if (bytes == null) {
                throw new InternalException(template.getName() + ": the class file is missing");
            }
            var copy = MethodHandles.lookup()
                    .defineHiddenClassWithClassData(bytes.readAllBytes(), function, true)
                    .lookupClass();
            return type.cast(copy.getDeclaredConstructor().newInstance());
        } catch (IOException | IllegalAccessException | InstantiationException | NoSuchMethodException e) {
            throw new InternalException(template.getName() + ": cannot be copied; found " + e, e);
        } catch (InvocationTargetException e) {
            throw new InternalException(template.getName() + ": cannot be made; found " + e.getCause(), e);
        }
    }

    /// The function of the copy that asks, called from its initialiser.
    static <F> F constant(MethodHandles.Lookup copy, Class<F> type) {
        try {
            return MethodHandles.classData(copy, ConstantDescs.DEFAULT_NAME, type);
        } catch (IllegalAccessException e) {
            throw new InternalException(type.getName() + ": no such constant; found " + e, e);
        }
    }
}
