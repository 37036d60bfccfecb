package dev.balsa.cli.profile;

import dev.balsa.cli.report.PngFile;
import dev.balsa.cpu.PeakRates;
import java.nio.file.Path;

/// Pictures of a run, as PNG files. They are drawn without a screen.
///
/// @param setting what was run, and how
public record Pictures(ProfiledRun run, RunSetting setting) {
    /// Draws the steps between the roofs of arithmetic and memory.
    ///
    /// @throws dev.balsa.error.ResourceException if the file cannot be written, or the system has no fonts
    public void writeRoofline(PeakRates peak, Path file) {
        PngFile.write(RooflinePicture.of(Roofline.of(run, peak), run, setting.title()), file);
    }

    /// Draws the steps along time.
    ///
    /// @throws dev.balsa.error.ResourceException if the file cannot be written, or the system has no fonts
    public void writeTimeline(Path file) {
        PngFile.write(TimelinePicture.of(Timeline.of(run), run, setting.title()), file);
    }
}
