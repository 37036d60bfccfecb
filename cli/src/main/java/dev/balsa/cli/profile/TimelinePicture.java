package dev.balsa.cli.profile;

import dev.balsa.cli.profile.Canvas.Align;
import dev.balsa.cli.report.Amount;
import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Comparator;
import java.util.List;

/// Draws a [Timeline]: a strip with all steps on top, below it a row per kind with its colour, its time, and names at
/// the steps that take longest.
final class TimelinePicture {
    /// The picture's width, in units of [Canvas#SCALE] pixels.
    static final int WIDTH = 1400;

    private static final int LEFT = 236;
    private static final int RIGHT = WIDTH - 30;
    private static final int TOP = 72;
    private static final int STRIP = 44;
    private static final int FIRST_ROW = TOP + STRIP + 14;
    private static final int ROW = 54;
    private static final int BAR = 26;
    private static final int FOOT = 62;
    /// Steps that take less of the run's time have no name.
    private static final double LEAST_SHARE = 0.01;
    /// A bar narrower than this would not be seen.
    private static final double NARROWEST = 0.6;

    private static final double GAP = 4;

    private final Timeline timeline;
    private final ProfiledRun run;
    private final Canvas canvas;
    private final int bottom;

    private TimelinePicture(Timeline timeline, ProfiledRun run) {
        this.timeline = timeline;
        this.run = run;
        canvas = new Canvas(WIDTH, height(timeline));
        bottom = height(timeline) - FOOT;
    }

    /// The height of the picture, in units of [Canvas#SCALE] pixels.
    static int height(Timeline timeline) {
        return FIRST_ROW + timeline.rows().size() * ROW + FOOT;
    }

    /// The picture of a run.
    static BufferedImage of(Timeline timeline, ProfiledRun run, String title) {
        var picture = new TimelinePicture(timeline, run);
        picture.drawFrame(title);
        picture.drawStrip();
        for (int i = 0; i < timeline.rows().size(); i++) {
            picture.drawRow(timeline.rows().get(i), FIRST_ROW + i * ROW);
        }
        return picture.canvas.image();
    }

    private void drawFrame(String title) {
        canvas.text(title, Canvas.TITLE, Canvas.INK, WIDTH / 2.0, 32, Align.CENTER);
        var axis = TimeAxis.of(timeline.nanos());
        for (int i = 0; i < axis.ticks(); i++) {
            double x = LEFT + axis.at(i) * (RIGHT - LEFT);
            canvas.line(x, TOP, x, bottom + 5, Canvas.GRID, 1);
            canvas.text(axis.label(i), Canvas.TEXT, Canvas.INK, x, bottom + 17, Align.CENTER);
        }
        canvas.line(LEFT, bottom, RIGHT, bottom, Canvas.FAINT_INK, 1);
        canvas.text(
                "time since the first step began, " + axis.unit(),
                Canvas.HEADING,
                Canvas.INK,
                (LEFT + RIGHT) / 2.0,
                bottom + 42,
                Align.CENTER);
    }

    /// All steps, what is inside of others lower.
    private void drawStrip() {
        canvas.text("all steps", Canvas.HEADING, Canvas.INK, LEFT - 16, TOP + STRIP / 2.0 - 9, Align.RIGHT);
        canvas.text(
                run.steps().size() + " in " + StepLabel.time(timeline.nanos()),
                Canvas.SMALL,
                Canvas.FAINT_INK,
                LEFT - 16,
                TOP + STRIP / 2.0 + 9,
                Align.RIGHT);
        record Colored(Timeline.Bar bar, Color color) {}
        timeline.rows().stream()
                .flatMap(row -> row.bars().stream()
                        .map(bar -> new Colored(bar, row.kind().color())))
                .sorted(Comparator.comparingInt(one -> one.bar.step().step().depth()))
                .forEach(one -> {
                    double lower =
                            Math.min(STRIP / 2.0, 8.0 * one.bar.step().step().depth());
                    drawBar(one.bar, TOP + lower, STRIP - lower, one.color);
                });
    }

    private void drawRow(Timeline.Row row, double top) {
        double barTop = top + ROW - BAR - 5;
        var kind = row.kind();
        canvas.fill(new Rectangle2D.Double(18, barTop + BAR / 2.0 - 7, 14, 14), kind.color());
        canvas.text(kind.name(), Canvas.HEADING, Canvas.INK, 42, barTop + BAR / 2.0 - 9, Align.LEFT);
        canvas.text(
                StepLabel.time(kind.nanos()) + ", "
                        + Amount.percent((double) kind.nanos() / Math.max(1, run.nanos())) + ", "
                        + row.bars().size()
                        + (row.bars().size() == 1 ? " step" : " steps"),
                Canvas.SMALL,
                Canvas.FAINT_INK,
                42,
                barTop + BAR / 2.0 + 9,
                Align.LEFT);
        row.bars().forEach(bar -> drawBar(bar, barTop, BAR, kind.color()));
        var places = new LabelPlaces(new Rectangle2D.Double(LEFT, top, RIGHT - LEFT, ROW));
        row.bars().stream()
                .sorted(Comparator.comparingLong(bar -> -bar.step().ownNanos()))
                .takeWhile(bar -> bar.step().ownNanos() >= LEAST_SHARE * run.nanos())
                .forEach(bar -> name(bar, places, barTop, kind.color()));
    }

    private double x(long nanos) {
        return LEFT + (double) nanos / Math.max(1, timeline.nanos()) * (RIGHT - LEFT);
    }

    /// Wide bars are a little shorter than their step, so that neighbours can be told apart.
    private void drawBar(Timeline.Bar bar, double top, double height, Color color) {
        double from = x(bar.from());
        double width = x(bar.to()) - from;
        canvas.fill(
                new Rectangle2D.Double(from, top, Math.max(NARROWEST, width > 3 ? width - 0.8 : width), height), color);
    }

    /// Inside of the bar where there is room, else above it.
    private void name(Timeline.Bar bar, LabelPlaces places, double barTop, Color color) {
        double from = x(bar.from());
        double to = x(bar.to());
        var name = StepLabel.name(bar.step());
        var ink = luminance(color) > 0.4 ? Canvas.INK : Color.WHITE;
        for (var text : List.of(name + ", " + StepLabel.time(bar.step().ownNanos()), name)) {
            if (canvas.width(text, Canvas.SMALL) + 2 * GAP <= to - from) {
                canvas.text(text, Canvas.SMALL, ink, (from + to) / 2, barTop + BAR / 2.0, Align.CENTER);
                return;
            }
        }
        nameAbove(name, from, to, places, barTop);
    }

    /// Above the bar's middle, else from its beginning on, else up to its end; nowhere if other names lie there.
    private void nameAbove(String name, double from, double to, LabelPlaces places, double barTop) {
        double width = canvas.width(name, Canvas.SMALL) + 2 * GAP;
        double height = canvas.height(Canvas.SMALL);
        for (double left : new double[] {(from + to - width) / 2, from, to - width}) {
            var place =
                    new Rectangle2D.Double(Math.clamp(left, LEFT, RIGHT - width), barTop - height - 1, width, height);
            if (places.tryAt(place)) {
                canvas.text(name, Canvas.SMALL, Canvas.INK, place.getCenterX(), place.getCenterY(), Align.CENTER);
                return;
            }
        }
    }

    /// How bright a colour is, from 0 to 1.
    private static double luminance(Color color) {
        return (0.2126 * color.getRed() + 0.7152 * color.getGreen() + 0.0722 * color.getBlue()) / 255;
    }
}
