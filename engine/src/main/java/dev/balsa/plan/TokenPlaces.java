package dev.balsa.plan;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/// Which places of a batch of texts, `[batch, sequence]`, are tokens and not padding. Immutable.
final class TokenPlaces {
    private final int batch;
    private final int sequence;
    private final int[] places;
    private final int[] begins;

    private TokenPlaces(int batch, int sequence, int[] places, int[] begins) {
        this.batch = batch;
        this.sequence = sequence;
        this.places = places;
        this.begins = begins;
    }

    /// What a mask tells, if it is 1 for tokens and 0 for padding, and every text has tokens.
    static Optional<TokenPlaces> of(Tensor mask) {
        if (mask.size() == 0 || mask.size() > Integer.MAX_VALUE) {
            return Optional.empty();
        }
        int batch = Math.toIntExact(mask.shape().dim(0));
        int sequence = Math.toIntExact(mask.shape().dim(1));
        var places = new int[Math.toIntExact(mask.size())];
        var begins = new int[batch + 1];
        int count = 0;
        for (int text = 0; text < batch; text++) {
            for (int place = text * sequence; place < (text + 1) * sequence; place++) {
                long told = element(mask, place);
                if (told == 1) {
                    places[count++] = place;
                } else if (told != 0) {
                    return Optional.empty();
                }
            }
            begins[text + 1] = count;
            if (count == begins[text]) {
                return Optional.empty();
            }
        }
        return Optional.of(new TokenPlaces(batch, sequence, Arrays.copyOf(places, count), begins));
    }

    /// Whether a mask that is 1 for tokens has zeros.
    static boolean havePadding(Tensor mask) {
        for (int place = 0; place < Math.min(mask.size(), Integer.MAX_VALUE); place++) {
            if (element(mask, place) == 0) {
                return true;
            }
        }
        return false;
    }

    private static long element(Tensor mask, int place) {
        return mask.type() == DataType.BOOL ? mask.getBoolean(place) ? 1 : 0 : mask.getLong(place);
    }

    /// Texts.
    int batch() {
        return batch;
    }

    /// Places of a text.
    int sequence() {
        return sequence;
    }

    /// The place of a token; tokens are counted text by text.
    int place(int token) {
        return places[token];
    }

    /// The first token of a text; behind the last text, how many there are.
    int begin(int text) {
        return begins[text];
    }

    /// Tokens of all texts.
    int count() {
        return places.length;
    }

    /// Whether there is no padding.
    boolean areAll() {
        return places.length == batch * sequence;
    }

    /// Whether every text begins with a token.
    boolean haveFirsts() {
        for (int text = 0; text < batch; text++) {
            if (places[begins[text]] != text * sequence) {
                return false;
            }
        }
        return true;
    }
}
