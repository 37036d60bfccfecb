package dev.balsa.rewrite;

import dev.balsa.ir.Op;
import dev.balsa.ir.Value;
import java.util.ArrayList;
import java.util.List;

/// An operator that does the same to values in another layout.
///
/// @param op with its axes turned along
/// @param operands one for each of its inputs
/// @param result the layout of its result
record TurnedForm(Op op, List<Operand> operands, Layout result) {
    /// What an operand of the operator is.
    sealed interface Operand {
        /// A value of the model as it is, or none.
        record Straight(Value value) implements Operand {}

        /// A value of the model in a layout, which may have more dimensions than the value has.
        record Laid(Value value, Layout layout) implements Operand {}

        /// Numbers that stand for an operand of the model.
        ///
        /// @param what tells them from others of the node
        record Numbers(String what, List<Long> numbers) implements Operand {}
    }

    /// Copies the list.
    TurnedForm {
        operands = List.copyOf(operands);
    }

    /// The form of an operator whose first input is in a layout, and the others as they are.
    static TurnedForm ofFirst(Op op, List<Value> inputs, Layout layout, Layout result) {
        var operands = new ArrayList<Operand>();
        operands.add(new Operand.Laid(inputs.getFirst(), layout));
        inputs.stream().skip(1).forEach(value -> operands.add(new Operand.Straight(value)));
        return new TurnedForm(op, operands, result);
    }

    /// The form with other numbers for an operand; those after the last one are left out.
    TurnedForm with(int index, String what, List<Long> numbers) {
        var others = new ArrayList<>(operands);
        while (others.size() <= index) {
            others.add(new Operand.Straight(Value.NONE));
        }
        others.set(index, new Operand.Numbers(what, numbers));
        return new TurnedForm(op, others, result);
    }
}
