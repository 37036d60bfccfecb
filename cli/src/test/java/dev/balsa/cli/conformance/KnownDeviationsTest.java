package dev.balsa.cli.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.InternalException;
import org.junit.jupiter.api.Test;

class KnownDeviationsTest {
    private static final int MOST = 12;

    @Test
    void theListIsShortAndGivesReasons() {
        var reasons = KnownDeviations.read().reasons();
        assertThat(reasons).hasSizeLessThanOrEqualTo(MOST);
        assertThat(reasons.values()).allMatch(reason -> reason.length() > 20);
    }

    @Test
    void linesAreNameAndReason() {
        var list = KnownDeviations.parse("# why\n\ntest_a: because of b: c\n");
        assertThat(list.reason("test_a")).contains("because of b: c");
        assertThat(list.reason("test_b")).isEmpty();
        assertThatThrownBy(() -> KnownDeviations.parse("test_a")).isInstanceOf(InternalException.class);
    }
}
