package dev.balsa.kernel.tile;

import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.code.RoutineArgument;

/// The zero point of 8-bit integers, one for all: operand 2 of frames, or 0.
///
/// @param isGiven whether it is an operand
/// @param isSigned whether the integers are signed
/// @param moved by how much the integers are greater than those of the operand when they are multiplied
public record ZeroPoint(boolean isGiven, boolean isSigned, int moved) {
    private static final int OPERAND = 2;

    /// Tells a routine, whose arguments begin the scratch memory, 32 bits with sign.
    public void tell(Frame frame, RoutineArgument argument) {
        if (isGiven) {
            Effects.pass(frame.operand(OPERAND), 0, isSigned, moved, frame.scratch(), argument.at());
        } else {
            argument.set(frame.scratch(), moved);
        }
    }

    /// The number itself, where it decides what is done.
    public int value(Frame frame) {
        if (!isGiven) {
            return moved;
        }
        byte value = Effects.getByte(frame.operand(OPERAND), 0);
        return (isSigned ? value : Byte.toUnsignedInt(value)) + moved;
    }
}
