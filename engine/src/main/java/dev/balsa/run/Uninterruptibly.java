package dev.balsa.run;

/// Waits that an interrupt does not end; it is remembered for the caller's next wait.
public final class Uninterruptibly {
    private Uninterruptibly() {}

    /// Waits until a thread has ended; one that was never started has.
    public static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
