package dev.balsa.cli.report;

import java.io.Console;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// A progress bar on standard error, if a person is watching; otherwise nothing is shown.
public sealed interface Progress extends AutoCloseable {
    /// Starts a bar for `total` units of work.
    static Progress of(String task, long total) {
        boolean watched = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        return watched ? new Shown(task, total) : new Silent();
    }

    /// The units that are done by now.
    void done(long units);

    /// The units that are done by now, and how many there are, where that was not known at the start.
    void done(long units, long total);

    @Override
    void close();

    /// Shows a bar.
    final class Shown implements Progress {
        private final ProgressBar bar;

        private Shown(String task, long total) {
            bar = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.ASCII)
                    .clearDisplayOnFinish()
                    .build();
        }

        @Override
        public void done(long units) {
            bar.stepTo(units);
        }

        @Override
        public void done(long units, long total) {
            bar.maxHint(total);
            bar.stepTo(units);
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    /// Shows nothing.
    record Silent() implements Progress {
        @Override
        public void done(long units) {}

        @Override
        public void done(long units, long total) {}

        @Override
        public void close() {}
    }
}
