package dev.balsa.ir.leaf;

import dev.balsa.ir.Op;

/// An operator whose elements come from no other tensor's elements, except lengths and limits.
public sealed interface Leaf extends Op permits ConstantOfShape, CosineWindow, EyeLike, Lengths, Range, Shape, Size {}
