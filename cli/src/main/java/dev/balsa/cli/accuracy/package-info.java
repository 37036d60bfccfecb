/// Compares results with double precision.
///
/// [Accuracy] is the comparison of a model's outputs and steps, [AccuracyReport] shows it.
@NullMarked
package dev.balsa.cli.accuracy;

import org.jspecify.annotations.NullMarked;
