package dev.balsa;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/// Counts what the calling thread allocates on the heap. The engine does not read the management modules, hence by
/// name.
final class HeapMeter {
    private final MethodHandle allocated;

    HeapMeter() {
        try {
            var factory = Class.forName("java.lang.management.ManagementFactory");
            var type = Class.forName("com.sun.management.ThreadMXBean");
            var bean = factory.getMethod("getThreadMXBean").invoke(null);
            HeapMeter.class.getModule().addReads(type.getModule());
            allocated = MethodHandles.publicLookup()
                    .findVirtual(type, "getCurrentThreadAllocatedBytes", MethodType.methodType(long.class))
                    .bindTo(bean);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /// Bytes since the thread began.
    long bytes() {
        try {
            return (long) allocated.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
