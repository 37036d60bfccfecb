package dev.balsa.cli.profile;

import dev.balsa.cli.report.Amount;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Draws a [Roofline]: both axes logarithmic, a marker per step, both roofs as lines, names beside the steps that take
/// longest.
final class RooflinePicture {
    /// The picture's width, in units of [Canvas#SCALE] pixels.
    static final int WIDTH = 1200;
    /// The picture's height, in the same units.
    static final int HEIGHT = 800;

    private static final int FOOT = 34;
    private static final int MOST_NAMES = 12;
    /// Steps that take less of the run's time have no name.
    private static final double LEAST_SHARE = 0.01;

    private static final int MARKER = 11;
    private static final int TRANSLUCENT = 190;
    private static final Color ROOF = new Color(0x333333);
    private static final double FAR = 14;
    private static final int ROOF_SAMPLES = 200;

    private final Roofline roofline;
    private final ProfiledRun run;
    private final StepKinds kinds;
    private final XYChart chart;
    private final Canvas canvas = new Canvas(WIDTH, HEIGHT);

    private RooflinePicture(Roofline roofline, ProfiledRun run, String title) {
        this.roofline = roofline;
        this.run = run;
        kinds = StepKinds.of(run);
        chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT - FOOT)
                .title(title)
                .xAxisTitle("arithmetic intensity, FLOP per byte of operands")
                .yAxisTitle("speed reached, GFLOP/s")
                .build();
    }

    /// The picture of a run.
    static BufferedImage of(Roofline roofline, ProfiledRun run, String title) {
        var picture = new RooflinePicture(roofline, run, title);
        picture.style();
        picture.addRoofs();
        picture.addSteps();
        picture.chart.paint(picture.canvas.graphics(), WIDTH, HEIGHT - FOOT);
        picture.name();
        picture.writeFoot();
        return picture.canvas.image();
    }

    private void style() {
        var styler = chart.getStyler();
        styler.setXAxisLogarithmic(true).setYAxisLogarithmic(true);
        styler.setXAxisLogarithmicDecadeOnly(false).setYAxisLogarithmicDecadeOnly(false);
        styler.setXAxisMin(roofline.x().least()).setXAxisMax(roofline.x().largest());
        styler.setYAxisMin(roofline.y().least()).setYAxisMax(roofline.y().largest());
        styler.setAxisTitleFont(Canvas.HEADING).setAxisTickLabelsFont(Canvas.TEXT);
        styler.setXAxisTickLabelsFormattingFunction(RooflinePicture::tick);
        styler.setYAxisTickLabelsFormattingFunction(RooflinePicture::tick);
        styler.setPlotGridLinesColor(Canvas.GRID).setPlotGridLinesStroke(new BasicStroke(1));
        styler.setPlotMargin(0);
        styler.setPlotContentSize(1).setPlotBorderColor(Canvas.FAINT_INK);
        styler.setChartBackgroundColor(Color.WHITE).setChartPadding(14);
        styler.setChartTitleFont(Canvas.TITLE).setChartTitlePadding(12).setChartFontColor(Canvas.INK);
        styler.setLegendFont(Canvas.TEXT).setLegendPosition(LegendPosition.OutsideE);
        styler.setLegendBorderColor(Color.WHITE).setMarkerSize(MARKER);
    }

    /// One, two and five times a power of ten have a label.
    private static String tick(double value) {
        int power = (int) Math.floor(Math.log10(value) + 1e-6);
        double digit = value / Math.pow(10, power);
        boolean labelled = DoubleStream.of(1, 2, 5).anyMatch(one -> Math.abs(one - digit) < 1e-6);
        return labelled ? String.format(Locale.ROOT, "%." + Math.max(0, -power) + "f", value) : "";
    }

    private void addRoofs() {
        double from = Math.max(
                roofline.x().least(),
                roofline.y().least() * 1e9 / roofline.peak().bytes());
        var intensities = new double[] {from, roofline.ridge(), roofline.x().largest()};
        var roofs = new double[intensities.length];
        for (int i = 0; i < roofs.length; i++) {
            roofs[i] = roofline.roof(intensities[i]);
        }
        var series = chart.addSeries("roof", intensities, roofs);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(ROOF);
        series.setLineStyle(new BasicStroke(2.2f));
        series.setShowInLegend(false);
    }

    private void addSteps() {
        for (var kind : kinds.all()) {
            var points = roofline.points().stream()
                    .filter(point -> kinds.of(point.step()).equals(kind))
                    .toList();
            if (!points.isEmpty()) {
                var color = kind.color();
                var series = chart.addSeries(
                        kind.name(),
                        points.stream().mapToDouble(Roofline.Point::intensity).toArray(),
                        points.stream().mapToDouble(Roofline.Point::gflops).toArray());
                series.setLineStyle(SeriesLines.NONE);
                series.setMarker(kind.marker());
                series.setMarkerColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), TRANSLUCENT));
            }
        }
    }

    private double x(double intensity) {
        return chart.getScreenXFromChart(intensity);
    }

    private double y(double gflops) {
        return chart.getScreenYFromChart(gflops);
    }

    /// Names the roofs and the steps that take longest.
    private void name() {
        double left = x(roofline.x().least());
        double top = y(roofline.y().largest());
        var plot = new Rectangle2D.Double(
                left, top, x(roofline.x().largest()) - left, y(roofline.y().least()) - top);
        var places = new LabelPlaces(plot);
        takeRoofs(places, plot);
        nameRoofs(places);
        for (var point : roofline.points()) {
            places.take(square(x(point.intensity()), y(point.gflops()), MARKER + 2));
        }
        var names = new LinkedHashMap<Roofline.Point, String>();
        roofline.points().stream()
                .filter(point -> point.step().ownNanos() >= LEAST_SHARE * run.nanos())
                .limit(MOST_NAMES)
                .forEach(point -> names.put(
                        point,
                        StepLabel.name(point.step()) + ", "
                                + StepLabel.time(point.step().ownNanos())));
        names.forEach((point, name) -> nameStep(places, point, name));
    }

    private void takeRoofs(LabelPlaces places, Rectangle2D plot) {
        for (int i = 0; i <= ROOF_SAMPLES; i++) {
            double share = (double) i / ROOF_SAMPLES;
            double intensity = roofline.x().least()
                    * Math.pow(roofline.x().largest() / roofline.x().least(), share);
            places.take(square(plot.getX() + share * plot.getWidth(), y(roofline.roof(intensity)), 8));
        }
    }

    private static Rectangle2D square(double x, double y, double side) {
        return new Rectangle2D.Double(x - side / 2, y - side / 2, side, side);
    }

    private void nameRoofs(LabelPlaces places) {
        var peak = roofline.peak();
        double ridge = roofline.ridge();
        nameLine(
                places,
                "multiply-adds in registers: " + Amount.of((long) peak.flops()) + "FLOP/s",
                ridge,
                roofline.x().largest());
        double from = Math.max(roofline.x().least(), roofline.y().least() * 1e9 / peak.bytes());
        nameLine(places, "reads of main memory: " + Amount.bytes((long) peak.bytes()) + "/s", from, ridge);
    }

    /// Writes above the middle of a roof's part, along it.
    private void nameLine(LabelPlaces places, String text, double from, double to) {
        double dx = x(to) - x(from);
        double dy = y(roofline.roof(to)) - y(roofline.roof(from));
        double width = canvas.width(text, Canvas.TEXT);
        double height = canvas.height(Canvas.TEXT);
        double middleX = x(from) + dx / 2;
        double middleY = y(roofline.roof(from)) + dy / 2;
        var along = AffineTransform.getTranslateInstance(middleX, middleY);
        along.rotate(dx, dy);
        var graphics = canvas.graphics();
        var before = graphics.getTransform();
        graphics.transform(along);
        canvas.text(text, Canvas.TEXT, ROOF, 0, -height * 0.7, Canvas.Align.CENTER);
        graphics.setTransform(before);
        for (double i = -width / 2; i < width / 2; i += height / 2) {
            places.take(along.createTransformedShape(new Rectangle2D.Double(i, -1.3 * height, height / 2, 1.3 * height))
                    .getBounds2D());
        }
    }

    private void nameStep(LabelPlaces places, Roofline.Point point, String name) {
        double x = x(point.intensity());
        double y = y(point.gflops());
        places.near(x, y, canvas.width(name, Canvas.SMALL) + 4, canvas.height(Canvas.SMALL))
                .ifPresent(place -> {
                    double toX = Math.clamp(x, place.getMinX(), place.getMaxX());
                    double toY = Math.clamp(y, place.getMinY(), place.getMaxY());
                    if (Math.hypot(toX - x, toY - y) > FAR) {
                        canvas.line(x, y, toX, toY, Canvas.FAINT_INK, 0.7f);
                    }
                    canvas.label(name, place);
                });
    }

    /// Says what the picture leaves out.
    private void writeFoot() {
        int hidden = run.steps().size() - roofline.points().size();
        var text = roofline.points().size() + " of " + run.steps().size() + " steps, "
                + Amount.percent(roofline.shownShare()) + " of " + StepLabel.time(run.nanos()) + "."
                + (hidden == 0 ? "" : " No operations are counted for the others.")
                + " Steps whose operands lie in caches may pass the roof of memory.";
        canvas.text(text, Canvas.SMALL, Canvas.FAINT_INK, 18, HEIGHT - FOOT / 2.0, Canvas.Align.LEFT);
    }
}
