package dev.balsa.cli.fuzz;

import dev.balsa.cli.fuzz.Part.Block;
import dev.balsa.cli.fuzz.Part.Message;
import dev.balsa.cli.fuzz.Part.Scalar;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;

/// Changes to a file as messages and fields: the result is sound as a protocol buffer and lies in what it says, so that
/// it gets past the reader of the wire format to the operators and the planner.
final class TreeMutations {
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final long[] EXTREMES = {
        Long.MIN_VALUE,
        Long.MIN_VALUE + 1,
        Long.MAX_VALUE,
        Long.MAX_VALUE - 1,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE,
        1L << 31,
        1L << 32,
        (1L << 32) + 1,
        1L << 40,
        1L << 61,
        1L << 62,
        -65,
        -2,
        -1,
        0,
        1,
        2,
        3,
        4,
        5,
        7,
        8,
        16,
        63,
        64,
        65,
        255,
        256,
        1000,
        65_536,
        1_000_000,
        100_000_000
    };

    /// A graph of more bytes than this is not put into itself.
    private static final int MOST_NESTED = 1 << 16;

    /// Where a part is, and by which field of which kind of message it got there.
    private record Place(Message parent, int index) {
        Part part() {
            return parent.parts().get(index);
        }

        boolean isLike(Place other) {
            return parent.kind() == other.parent.kind()
                    && part().field() == other.part().field();
        }
    }

    private final RandomGenerator random;

    TreeMutations(RandomGenerator random) {
        this.random = random;
    }

    /// Changes one thing in the model.
    ///
    /// @param donor another model, to take parts from
    void mutate(Message model, Message donor) {
        var places = places(model);
        if (places.isEmpty()) {
            return;
        }
        var place = pick(places);
        switch (random.nextInt(12)) {
            case 0 -> place.parent.parts().remove(place.index);
            case 1 -> place.parent.parts().add(place.index, copy(place.part()));
            case 2 -> move(place);
            case 3 -> replace(place, places);
            case 4, 5 -> replace(place, places(donor));
            case 6 -> insert(place, places(donor));
            case 7 -> nest(place, model);
            default -> change(place);
        }
    }

    private static List<Place> places(Message message) {
        var places = new ArrayList<Place>();
        collect(message, places);
        return places;
    }

    private static void collect(Message message, List<Place> places) {
        for (int i = 0; i < message.parts().size(); i++) {
            places.add(new Place(message, i));
            if (message.parts().get(i) instanceof Message inner) {
                collect(inner, places);
            }
        }
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static Part copy(Part part) {
        return part instanceof Message(int field, var kind, var parts)
                ? new Message(
                        field,
                        kind,
                        new ArrayList<>(parts.stream().map(TreeMutations::copy).toList()))
                : part;
    }

    private void move(Place place) {
        var parts = place.parent.parts();
        var part = parts.remove(place.index);
        parts.add(random.nextInt(parts.size() + 1), part);
    }

    /// Puts another part of the same meaning in the place: another name, operator, shape, tensor, attribute value.
    private void replace(Place place, List<Place> others) {
        like(place, others).ifPresent(part -> place.parent.parts().set(place.index, part));
    }

    private void insert(Place place, List<Place> others) {
        like(place, others).ifPresent(part -> place.parent.parts().add(place.index, part));
    }

    private Optional<Part> like(Place place, List<Place> others) {
        var fitting = others.stream().filter(place::isLike).toList();
        return fitting.isEmpty()
                ? Optional.empty()
                : Optional.of(copy(pick(fitting).part()));
    }

    /// Puts the model's graph into one of its attributes: bodies in bodies, where a value or none was.
    private void nest(Place place, Message model) {
        var graph = model.parts().stream()
                .filter(part -> part instanceof Message message && message.kind() == MessageKind.GRAPH)
                .map(Message.class::cast)
                .findFirst();
        if (graph.isEmpty()
                || place.parent.kind() != MessageKind.ATTRIBUTE
                || WireTree.bytes(graph.get()).length > MOST_NESTED) {
            change(place);
            return;
        }
        var body = (Message) copy(graph.get());
        place.parent.parts().set(place.index, new Message(6, MessageKind.GRAPH, body.parts()));
    }

    private void change(Place place) {
        var changed = switch (place.part()) {
            case Scalar(int field, int wireType, long value) -> new Scalar(field, wireType, number(value));
            case Block(int field, var bytes) -> new Block(field, MemorySegment.ofArray(block(bytes)));
            case Message(int field, var kind, var parts) -> {
                var shuffled = new ArrayList<>(parts);
                Collections.shuffle(shuffled, Random.from(random));
                yield new Message(field, kind, shuffled);
            }
        };
        place.parent.parts().set(place.index, changed);
    }

    private long number(long value) {
        return switch (random.nextInt(6)) {
            case 0 -> value + 1;
            case 1 -> value - 1;
            case 2 -> -value;
            case 3 -> random.nextInt(30);
            default -> EXTREMES[random.nextInt(EXTREMES.length)];
        };
    }

    private byte[] block(MemorySegment old) {
        var bytes = old.toArray(ValueLayout.JAVA_BYTE);
        int length = bytes.length;
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(length + 1));
            case 1 -> Arrays.copyOf(bytes, length + random.nextInt(1, 64));
            case 2 -> new ByteMutations(random).mutate(bytes, bytes);
            case 3 -> length < 8 ? name() : wide(bytes);
            case 4 -> length < 4 ? name() : special(bytes);
            default -> length > 256 ? wide(bytes) : name();
        };
    }

    /// An extreme 64-bit integer somewhere in raw data, as a shape or an index that is computed with.
    private byte[] wide(byte[] bytes) {
        if (bytes.length >= 8) {
            int at = random.nextInt(bytes.length / 8) * 8;
            MemorySegment.ofArray(bytes).set(I64, at, EXTREMES[random.nextInt(EXTREMES.length)]);
        }
        return bytes;
    }

    /// A float that is not finite, or not normal, somewhere in raw data.
    private byte[] special(byte[] bytes) {
        float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, -0f, 1e-40f};
        int at = random.nextInt(bytes.length / 4) * 4;
        MemorySegment.ofArray(bytes)
                .set(
                        ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
                        at,
                        values[random.nextInt(values.length)]);
        return bytes;
    }

    private byte[] name() {
        String[] names = {
            "", "x", "\0", "ab,bc->ac", "..., ->", "SAME_UPPER", "../../x", "a".repeat(5000), "\ud83d\ude00"
        };
        return names[random.nextInt(names.length)].getBytes(StandardCharsets.UTF_8);
    }
}
