package dev.balsa.ir.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Values from Abramowitz and Stegun's tables, continued to double precision.
class ErrorFunctionTest {
    private static final double PERCENT = 1e-10;

    @ParameterizedTest
    @CsvSource({
        "1e-300, 1.1283791670955126e-300",
        "0.5, 0.5204998778130465",
        "1, 0.8427007929497149",
        "2.49, 0.9995707121322661",
        "2.5, 0.9995930479825550",
        "6, 1"
    })
    void isOdd(double x, double expected) {
        assertThat(ErrorFunction.erf(x)).isCloseTo(expected, withinPercentage(PERCENT));
        assertThat(ErrorFunction.erf(-x)).isCloseTo(-expected, withinPercentage(PERCENT));
    }

    @ParameterizedTest
    @CsvSource({
        "-3, 1.9999779095030015",
        "0, 1",
        "1, 0.15729920705028513",
        "2.5, 0.00040695201744495886",
        "3, 2.209049699858544e-05",
        "10, 2.088487583762545e-45"
    })
    void complementKeepsSmallValues(double x, double expected) {
        assertThat(ErrorFunction.erfc(x)).isCloseTo(expected, withinPercentage(PERCENT));
    }

    @Test
    void takesSpecialValues() {
        assertThat(ErrorFunction.erf(Double.POSITIVE_INFINITY)).isEqualTo(1);
        assertThat(ErrorFunction.erf(Double.NEGATIVE_INFINITY)).isEqualTo(-1);
        assertThat(ErrorFunction.erf(Double.NaN)).isNaN();
        assertThat(ErrorFunction.erf(-0.0)).isEqualTo(-0.0);
        assertThat(ErrorFunction.erfc(Double.POSITIVE_INFINITY)).isEqualTo(0);
    }
}
