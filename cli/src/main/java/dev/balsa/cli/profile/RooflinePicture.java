package dev.balsa.cli.profile;

import dev.balsa.cli.report.Amount;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Draws a [Roofline]: both axes logarithmic, a marker per step, roofs as lines with their names, and names beside the
/// steps that take longest.
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
    /// The color of roofs and their names.
    static final Color ROOF = new Color(0x333333);
    /// What a roof takes, with a distance to what is beside it.
    private static final double ROOF_WIDTH = 8;
    /// Where names of roofs may lie, in shares of the roof's length, the best first.
    private static final List<Double> NAME_PLACES =
            List.of(0.5, 0.55, 0.45, 0.6, 0.4, 0.65, 0.35, 0.7, 0.3, 0.75, 0.25, 0.8, 0.2);

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
        double from = roofline.memoryFrom();
        double to = roofline.lastRidge();
        addRoof("memory", new double[] {from, to}, new double[] {roofline.memoryRoof(from), roofline.memoryRoof(to)});
        for (var ceiling : roofline.ceilings()) {
            addRoof(
                    ceiling.roof().label(),
                    new double[] {roofline.ridge(ceiling), roofline.x().largest()},
                    new double[] {ceiling.gflops(), ceiling.gflops()});
        }
    }

    private void addRoof(String name, double[] intensities, double[] roofs) {
        var series = chart.addSeries("roof of " + name, intensities, roofs);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(ROOF);
        series.setLineStyle(new BasicStroke(2.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
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
        for (var point : roofline.points()) {
            places.take(square(x(point.intensity()), y(point.gflops()), MARKER + 2));
        }
        nameMemory(places);
        takeRoofs(places);
        roofline.ceilings().forEach(ceiling -> nameCeiling(places, ceiling));
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

    private void takeRoofs(LabelPlaces places) {
        double from = roofline.memoryFrom();
        for (int i = 0; i <= ROOF_SAMPLES; i++) {
            double intensity = from * Math.pow(roofline.lastRidge() / from, (double) i / ROOF_SAMPLES);
            places.take(square(x(intensity), y(roofline.memoryRoof(intensity)), ROOF_WIDTH));
        }
        for (var ceiling : roofline.ceilings()) {
            double left = x(roofline.ridge(ceiling));
            places.take(new Rectangle2D.Double(
                    left, y(ceiling.gflops()) - ROOF_WIDTH / 2, x(roofline.x().largest()) - left, ROOF_WIDTH));
        }
    }

    private static Rectangle2D square(double x, double y, double side) {
        return new Rectangle2D.Double(x - side / 2, y - side / 2, side, side);
    }

    /// Writes above the roof of memory, along it, where no point lies.
    private void nameMemory(LabelPlaces places) {
        var text = "reads of main memory: " + Amount.bytes((long) roofline.memory()) + "/s";
        double width = canvas.width(text, Canvas.TEXT);
        var ways = NAME_PLACES.stream().map(this::alongMemory).toList();
        var along = ways.stream()
                .filter(way -> places.tryAt(above(way, width)))
                .findFirst()
                .orElse(ways.getFirst());
        above(along, width).forEach(places::take);
        var graphics = canvas.graphics();
        var before = graphics.getTransform();
        graphics.transform(along);
        canvas.text(text, Canvas.TEXT, ROOF, 0, -canvas.height(Canvas.TEXT) * 0.7, Canvas.Align.CENTER);
        graphics.setTransform(before);
    }

    /// From a place on the roof of memory along it.
    ///
    /// @param share of the roof, on the left of the place
    private AffineTransform alongMemory(double share) {
        double from = roofline.memoryFrom();
        double to = roofline.lastRidge();
        double dx = x(to) - x(from);
        double dy = y(roofline.memoryRoof(to)) - y(roofline.memoryRoof(from));
        var along =
                AffineTransform.getTranslateInstance(x(from) + share * dx, y(roofline.memoryRoof(from)) + share * dy);
        along.rotate(dx, dy);
        return along;
    }

    /// The parts of the place of a text that is written above a line, its middle at the origin.
    private List<Rectangle2D> above(AffineTransform along, double width) {
        double height = canvas.height(Canvas.TEXT);
        var parts = new ArrayList<Rectangle2D>();
        for (double i = -width / 2; i < width / 2; i += height / 2) {
            var part = new Rectangle2D.Double(i, -1.3 * height, height / 2, 1.3 * height);
            parts.add(along.createTransformedShape(part).getBounds2D());
        }
        return parts;
    }

    /// Writes above a roof of arithmetic, or else below it, where there is place.
    private void nameCeiling(LabelPlaces places, Roofline.Ceiling ceiling) {
        var text = ceiling.roof().label() + ": " + Amount.of((long) (ceiling.gflops() * 1e9)) + "FLOP/s";
        double width = canvas.width(text, Canvas.TEXT);
        double height = canvas.height(Canvas.TEXT);
        double left = x(roofline.ridge(ceiling));
        double room = x(roofline.x().largest()) - left - width;
        for (int side : new int[] {-1, 1}) {
            double middle = y(ceiling.gflops()) + side * (height + ROOF_WIDTH) / 2;
            for (double share : NAME_PLACES) {
                var place = new Rectangle2D.Double(left + share * room, middle - height / 2, width, height);
                if (places.tryAt(place)) {
                    canvas.text(text, Canvas.TEXT, ROOF, place.getX(), middle, Canvas.Align.LEFT);
                    return;
                }
            }
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
