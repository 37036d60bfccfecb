package dev.balsa.ir.contraction;

import dev.balsa.error.ModelFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// An equation such as `bij,bjk->bik`, taken apart. A letter names a dimension; `...` stands for the dimensions that
/// are left, which are broadcast.
///
/// Within a term, labels are numbers: a letter its code, the dimensions of an ellipsis -1 for the last, -2 for the one
/// before, and so on.
final class EinsumEquation {
    private static final String ELLIPSIS = "...";
    private static final char DOTS = '.';

    private final List<String> operands;
    private final String result;

    /// @throws ModelFormatException if the equation is malformed
    EinsumEquation(String equation) {
        var text = equation.replace(" ", "");
        int arrow = text.indexOf("->");
        var left = arrow < 0 ? text : text.substring(0, arrow);
        var terms = new ArrayList<String>();
        for (var term : left.split(",", -1)) {
            terms.add(checked(term, equation));
        }
        operands = List.copyOf(terms);
        result = arrow < 0 ? implicitResult() : checked(text.substring(arrow + 2), equation);
        for (char letter : result.toCharArray()) {
            if (result.indexOf(letter) != result.lastIndexOf(letter)) {
                throw malformed(equation, "letters that occur once in the result", "'" + letter + "' twice");
            }
            if (letter != DOTS && operands.stream().noneMatch(term -> term.indexOf(letter) >= 0)) {
                throw malformed(equation, "letters of the operands in the result", "'" + letter + "'");
            }
        }
    }

    /// The term with its ellipsis as one character.
    private static String checked(String term, String equation) {
        int dots = term.indexOf(ELLIPSIS);
        var letters = dots < 0 ? term : term.substring(0, dots) + term.substring(dots + ELLIPSIS.length());
        for (char letter : letters.toCharArray()) {
            if (!(letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z')) {
                throw malformed(equation, "letters, \"...\" once per term, \",\" and \"->\" once", "'" + letter + "'");
            }
        }
        return dots < 0 ? term : term.substring(0, dots) + DOTS + term.substring(dots + ELLIPSIS.length());
    }

    private static ModelFormatException malformed(String equation, String expected, String found) {
        return new ModelFormatException("equation \"" + equation + "\" is malformed; expected " + expected + ", found "
                + found + "; check the model");
    }

    /// Without an arrow: the ellipsis, then the letters that occur exactly once, in the order of their codes.
    private String implicitResult() {
        var all = String.join("", operands);
        var once = all.chars()
                .filter(letter -> letter != DOTS && all.indexOf(letter) == all.lastIndexOf(letter))
                .sorted()
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        return (all.indexOf(DOTS) >= 0 ? Character.toString(DOTS) : "") + once;
    }

    /// The number of operands.
    int operands() {
        return operands.size();
    }

    /// How many dimensions of an operand of the given rank its ellipsis stands for; negative if the rank is too
    /// small, or does not fit.
    int ellipsis(int operand, int rank) {
        var term = operands.get(operand);
        if (term.indexOf(DOTS) < 0) {
            return term.length() == rank ? 0 : -1;
        }
        return rank - (term.length() - 1);
    }

    /// The labels of the dimensions of an operand of the given rank.
    List<Integer> labels(int operand, int rank) {
        return labels(operands.get(operand), ellipsis(operand, rank));
    }

    /// The labels of the result.
    ///
    /// @param ellipsis the number of dimensions that the longest ellipsis stands for
    List<Integer> resultLabels(int ellipsis) {
        return labels(result, ellipsis);
    }

    private static List<Integer> labels(String term, int ellipsis) {
        var labels = new ArrayList<Integer>();
        for (char letter : term.toCharArray()) {
            if (letter == DOTS) {
                for (int i = ellipsis; i > 0; i--) {
                    labels.add(-i);
                }
            } else {
                labels.add((int) letter);
            }
        }
        return labels;
    }
}
