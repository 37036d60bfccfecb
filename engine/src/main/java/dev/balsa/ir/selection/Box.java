package dev.balsa.ir.selection;

import dev.balsa.tensor.Tensor;

/// An axis-parallel rectangle.
record Box(double left, double top, double right, double bottom) {
    /// The box of the four elements from `index` on, by its centre or by two opposite corners.
    static Box at(Tensor boxes, long index, boolean centered) {
        double first = boxes.getDouble(index);
        double second = boxes.getDouble(index + 1);
        double third = boxes.getDouble(index + 2);
        double fourth = boxes.getDouble(index + 3);
        if (centered) {
            return new Box(first - third / 2, second - fourth / 2, first + third / 2, second + fourth / 2);
        }
        return new Box(
                Math.min(second, fourth), Math.min(first, third), Math.max(second, fourth), Math.max(first, third));
    }

    double area() {
        return (right - left) * (bottom - top);
    }

    /// The area that both share over the area that either covers; 0 if one of them has none.
    double overlap(Box other) {
        double width = Math.min(right, other.right) - Math.max(left, other.left);
        double height = Math.min(bottom, other.bottom) - Math.max(top, other.top);
        if (width <= 0 || height <= 0 || area() <= 0 || other.area() <= 0) {
            return 0;
        }
        double shared = width * height;
        return shared / (area() + other.area() - shared);
    }
}
