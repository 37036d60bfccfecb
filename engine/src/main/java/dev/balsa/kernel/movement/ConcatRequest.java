package dev.balsa.kernel.movement;

import java.util.ArrayList;
import java.util.List;

/// Tensors joined along an axis: ONNX Concat, opset 1-13, or as much of that as is not there already.
///
/// Operands: the inputs, as many as there are runs, then the output, all contiguous and row-major but for gaps between
/// the output's rows; the output shares memory with no input. For every step of the dimensions before the axis the
/// output holds one run of each input in turn. What no run is copied to stays as it is.
///
/// @param outer dimensions before the axis, as one
/// @param runs per input, its dimensions from the axis on times the element size, in bytes
/// @param places per input, where its run begins in a row of the output, in bytes
/// @param row bytes from a row of the output to the next
public record ConcatRequest(long outer, List<Long> runs, List<Long> places, long row) {
    /// Copies the lists.
    public ConcatRequest {
        runs = List.copyOf(runs);
        places = List.copyOf(places);
    }

    /// All of a Concat.
    public ConcatRequest(long outer, List<Long> runs) {
        this(outer, runs, starts(runs), runs.stream().mapToLong(Long::longValue).sum());
    }

    /// The same with elements of so many bytes instead of so many.
    ConcatRequest resized(int from, int to) {
        return new ConcatRequest(
                outer,
                runs.stream().map(run -> run / from * to).toList(),
                places.stream().map(place -> place / from * to).toList(),
                row / from * to);
    }

    private static List<Long> starts(List<Long> runs) {
        var starts = new ArrayList<Long>();
        long start = 0;
        for (long run : runs) {
            starts.add(start);
            start += run;
        }
        return starts;
    }

    /// Whether rows of the output are made of the runs alone, in their order.
    boolean isWhole() {
        return equals(new ConcatRequest(outer, runs));
    }
}
