package dev.balsa.cli.profile;

import java.awt.Color;
import org.knowm.xchart.style.markers.Marker;

/// Steps that pictures show alike.
///
/// @param name the operator they begin with, or [StepKinds#OTHERS]
/// @param nanos their time together
record StepKind(String name, long nanos, Color color, Marker marker) {}
