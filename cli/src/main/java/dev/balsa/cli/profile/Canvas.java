package dev.balsa.cli.profile;

import dev.balsa.error.ResourceException;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;

/// A white picture to draw on, and how text looks on it. Lengths are in units of [#SCALE] pixels; y grows downwards.
/// Needs no screen. Not thread-safe.
final class Canvas {
    /// Pixels per unit of length: enough to enlarge a picture, or to print it.
    static final int SCALE = 2;

    static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 20);
    static final Font HEADING = new Font(Font.SANS_SERIF, Font.BOLD, 14);
    static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
    static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

    static final Color INK = new Color(0x222222);
    static final Color FAINT_INK = new Color(0x666666);
    static final Color GRID = new Color(0xE3E3E3);
    private static final Color VEIL = new Color(255, 255, 255, 215);

    /// Where a text lies in respect of the x that is given.
    enum Align {
        LEFT(0),
        CENTER(0.5),
        RIGHT(1);

        private final double share;

        Align(double share) {
            this.share = share;
        }
    }

    private final BufferedImage image;
    private final Graphics2D graphics;

    /// @throws ResourceException if this system has no fonts
    Canvas(int width, int height) {
        image = new BufferedImage(width * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.scale(SCALE, SCALE);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        askForFonts();
    }

    private void askForFonts() {
        try {
            graphics.getFontMetrics(TEXT);
        } catch (RuntimeException | LinkageError e) {
            // The JDK has no fonts of its own; without a system's it fails in one of several ways.
            throw new ResourceException(
                    "picture: cannot be drawn; expected fonts on this system, found " + e
                            + "; install fontconfig and a font such as DejaVu Sans",
                    e);
        }
    }

    BufferedImage image() {
        return image;
    }

    Graphics2D graphics() {
        return graphics;
    }

    double width(String text, Font font) {
        return graphics.getFontMetrics(font).getStringBounds(text, graphics).getWidth();
    }

    double height(Font font) {
        return graphics.getFontMetrics(font).getHeight();
    }

    /// Writes a line of text.
    ///
    /// @param middle y of the middle of its height
    void text(String text, Font font, Color color, double x, double middle, Align align) {
        var metrics = graphics.getFontMetrics(font);
        graphics.setFont(font);
        graphics.setColor(color);
        graphics.drawString(text, (float) (x - align.share * width(text, font)), (float)
                (middle + (metrics.getAscent() - metrics.getDescent()) / 2.0));
    }

    /// Writes a line of text into the middle of a place, on a veil that lets little shine through.
    void label(String text, Rectangle2D place) {
        graphics.setColor(VEIL);
        graphics.fill(place);
        text(text, SMALL, INK, place.getCenterX(), place.getCenterY(), Align.CENTER);
    }

    void line(double x1, double y1, double x2, double y2, Color color, float width) {
        graphics.setColor(color);
        graphics.setStroke(new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND));
        graphics.draw(new Line2D.Double(x1, y1, x2, y2));
    }

    void fill(Rectangle2D area, Color color) {
        graphics.setColor(color);
        graphics.fill(area);
    }
}
