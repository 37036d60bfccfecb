package dev.balsa.kernel.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.balsa.asm.GnuTools;
import dev.balsa.asm.MachineCode;
import dev.balsa.cpu.Isa;
import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.SumResult;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.amx.AmxFamily;
import dev.balsa.kernel.attention.AttentionKernel;
import dev.balsa.kernel.attention.AttentionMask;
import dev.balsa.kernel.attention.AttentionRequest;
import dev.balsa.kernel.attention.MaskKind;
import dev.balsa.kernel.attention.Matrices;
import dev.balsa.kernel.attention.RotaryKernel;
import dev.balsa.kernel.attention.RotaryRequest;
import dev.balsa.kernel.conv.ChannelsLastConvRequest;
import dev.balsa.kernel.conv.DepthwiseTileKernel;
import dev.balsa.kernel.conv.IntegerConvKernel;
import dev.balsa.kernel.conv.IntegerConvRequest;
import dev.balsa.kernel.conv.IntegerDepthwiseKernel;
import dev.balsa.kernel.conv.TileConvKernel;
import dev.balsa.kernel.conv.Window;
import dev.balsa.kernel.conv.WinogradKernel;
import dev.balsa.kernel.elementwise.DequantizeCodeKernel;
import dev.balsa.kernel.elementwise.DequantizeRequest;
import dev.balsa.kernel.elementwise.DynamicQuantizeCodeKernel;
import dev.balsa.kernel.elementwise.DynamicQuantizeRequest;
import dev.balsa.kernel.elementwise.ElementwiseCodeKernel;
import dev.balsa.kernel.elementwise.ElementwiseRequest;
import dev.balsa.kernel.elementwise.LookupCodeKernel;
import dev.balsa.kernel.elementwise.LookupRequest;
import dev.balsa.kernel.elementwise.QuantizeCodeKernel;
import dev.balsa.kernel.elementwise.QuantizeRequest;
import dev.balsa.kernel.elementwise.QuantizedAddCodeKernel;
import dev.balsa.kernel.elementwise.QuantizedAddRequest;
import dev.balsa.kernel.elementwise.TypedCodeKernel;
import dev.balsa.kernel.elementwise.TypedFunction;
import dev.balsa.kernel.elementwise.TypedRequest;
import dev.balsa.kernel.gemm.GemmOperand;
import dev.balsa.kernel.gemm.GemmRequest;
import dev.balsa.kernel.gemm.TileGemmKernel;
import dev.balsa.kernel.movement.ConcatCodeKernel;
import dev.balsa.kernel.movement.ConcatRequest;
import dev.balsa.kernel.normalization.BatchNormCodeKernel;
import dev.balsa.kernel.normalization.BatchNormRequest;
import dev.balsa.kernel.normalization.GroupNormCodeKernel;
import dev.balsa.kernel.normalization.GroupNormRequest;
import dev.balsa.kernel.normalization.LocalResponseCodeKernel;
import dev.balsa.kernel.normalization.LocalResponseRequest;
import dev.balsa.kernel.normalization.RowNormCodeKernel;
import dev.balsa.kernel.normalization.RowNormRequest;
import dev.balsa.kernel.pool.PoolCodeKernel;
import dev.balsa.kernel.pool.PoolFunction;
import dev.balsa.kernel.pool.PoolRequest;
import dev.balsa.kernel.recurrent.Cell;
import dev.balsa.kernel.recurrent.RecurrentKernel;
import dev.balsa.kernel.recurrent.RecurrentRequest;
import dev.balsa.kernel.reduce.ReduceCodeKernel;
import dev.balsa.kernel.reduce.ReduceFunction;
import dev.balsa.kernel.reduce.ReduceRequest;
import dev.balsa.kernel.resize.ResizeAxis;
import dev.balsa.kernel.resize.ResizeCodeKernel;
import dev.balsa.kernel.resize.ResizeRequest;
import dev.balsa.kernel.softmax.SoftmaxCodeKernel;
import dev.balsa.kernel.softmax.SoftmaxRequest;
import dev.balsa.kernel.tile.IntegerUnit;
import dev.balsa.kernel.tile.QuadArithmetic;
import dev.balsa.kernel.tile.VectorFamily;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Precision;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Code of every level, whether this processor has it or not, is read back by GNU `objdump`: every byte up to the
/// return
/// is part of an instruction, and none is of another level.
class WrittenCodeTest {
    private static final List<Stage> EVERYTHING = Stream.concat(
                    Arrays.stream(UnaryFunction.values())
                            .map(function -> (Stage) new Stage.Unary(function, 0.3f, 0.7f)),
                    Stream.of(
                            new Stage.Binary(BinaryFunction.ADD, 2, Spread.COLUMN),
                            new Stage.Binary(BinaryFunction.MAX, 3, Spread.FULL),
                            new Stage.Binary(BinaryFunction.POW, 3, Spread.FULL),
                            new Stage.Binary(BinaryFunction.RDIV, 4, Spread.SCALAR)))
            .toList();

    static Stream<VectorUnit> units() {
        return Isa.all().stream().flatMap(isa -> VectorUnit.of(isa).stream()).distinct();
    }

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("units")
    void consistsOfInstructionsOfItsLevel(VectorUnit unit) throws IOException, InterruptedException {
        assumeTrue(GnuTools.have("objdump"), "objdump is not installed");
        assumeTrue(MachineCode.isPossible(), "no machine code on this system");
        try (var arena = Arena.ofConfined();
                var written = new Written(arena)) {
            for (int outputs : new int[] {1, 8, 16, 40, 48, 64, 77}) {
                for (var epilogue : List.of(Epilogue.NONE, new Epilogue(EVERYTHING))) {
                    for (var precision : List.of(Precision.FAST, Precision.EXACT)) {
                        for (var family : VectorFamily.all(unit, precision)) {
                            if (family.shape().isOwn(unit, outputs)) {
                                var request = conv(arena, 9, 1, 5, outputs, epilogue);
                                prepare(new TileConvKernel(family), request, written);
                            }
                        }
                    }
                    prepare(
                            new DepthwiseTileKernel(unit),
                            conv(arena, 9, outputs + 1, outputs + 1, outputs + 1, epilogue),
                            written);
                }
                for (var type : SumResult.Type.values()) {
                    for (int channels : new int[] {5, 8}) {
                        for (var quads : QuadArithmetic.values()) {
                            if (unit.hasMasks() || quads == QuadArithmetic.WORDS) {
                                prepare(
                                        new IntegerConvKernel(new IntegerUnit(unit, quads)),
                                        integers(arena, 1, channels, outputs, type),
                                        written);
                            }
                        }
                    }
                    prepare(
                            new IntegerDepthwiseKernel(unit),
                            integers(arena, outputs + 1, outputs + 1, outputs + 1, type),
                            written);
                }
                for (int rows : new int[] {1, 2, 4, 5, 40}) {
                    for (boolean turned : new boolean[] {false, true}) {
                        prepare(new TileGemmKernel(unit, Precision.EXACT), product(rows, outputs, turned), written);
                    }
                }
                for (var precision : List.of(Precision.FAST, Precision.BF16)) {
                    for (int rows : new int[] {1, 5}) {
                        prepare(
                                TileGemmKernel.ofFewBytes(unit, precision, true),
                                constantProduct(arena, rows, 896 + outputs),
                                written);
                    }
                }
                for (var kernel : WinogradKernel.all(unit)) {
                    prepare(kernel, conv(arena, 32, 1, 200 + outputs, outputs + 60, new Epilogue(EVERYTHING)), written);
                }
                for (var cell : Cell.values()) {
                    prepare(new RecurrentKernel(unit, Precision.EXACT), layer(arena, cell, outputs), written);
                }
                for (var function : PoolFunction.values()) {
                    prepare(new PoolCodeKernel(unit), pool(function, outputs), written);
                }
            }
            for (var stage : EVERYTHING) {
                var strides = List.of(List.of(1L), List.of(1L), List.of(0L), List.of(1L), List.of(0L));
                prepare(
                        new ElementwiseCodeKernel(unit),
                        new ElementwiseRequest(List.of(100L), strides, List.of(stage)),
                        written);
            }
            typed(written);
            folds(unit, written);
            normalizations(unit, written);
            copies(unit, written);
            for (var type : List.of(DataType.INT8, DataType.UINT8, DataType.INT32)) {
                prepare(new DequantizeCodeKernel(unit), new DequantizeRequest(type, true, 1, 1, 100), written);
                if (type != DataType.INT32) {
                    prepare(new QuantizeCodeKernel(unit), new QuantizeRequest(type, true, 1, 1, 100), written);
                }
            }
            for (int taps : new int[] {1, 2, 4}) {
                prepare(new ResizeCodeKernel(unit), resize(taps), written);
            }
            attention(unit, written);
            for (boolean signed : new boolean[] {false, true}) {
                var scale = new QuantizedAddRequest.Scale(1, 3);
                prepare(
                        new QuantizedAddCodeKernel(unit),
                        new QuantizedAddRequest(signed, 1, 100, scale, scale, scale),
                        written);
            }
            prepare(new LookupCodeKernel(unit.isa()), new LookupRequest(100, arena.allocate(256)), written);
            prepare(new DynamicQuantizeCodeKernel(unit), new DynamicQuantizeRequest(100), written);
            prepare(new ConcatCodeKernel(unit), new ConcatRequest(3, List.of(10L, 20L)), written);
            assertThat(written.codes).hasSizeGreaterThan(100);
            for (var code : written.codes.entrySet()) {
                check(unit, code.getKey(), code.getValue());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6})
    void codeOfTilesConsistsOfInstructions(int products) throws IOException, InterruptedException {
        assumeTrue(GnuTools.have("objdump"), "objdump is not installed");
        assumeTrue(MachineCode.isPossible(), "no machine code on this system");
        var kernel = new TileConvKernel(new AmxFamily(products));
        try (var arena = Arena.ofConfined();
                var written = new Written(arena)) {
            for (int channels : new int[] {5, 32, 40}) {
                for (int outputs : new int[] {16, 30, 77, 96}) {
                    for (var epilogue : List.of(Epilogue.NONE, new Epilogue(EVERYTHING))) {
                        prepare(kernel, conv(arena, 9, 1, channels, outputs, epilogue), written);
                    }
                }
            }
            var unit = IntegerUnit.of(Isa.AMX).orElseThrow();
            for (var type : SumResult.Type.values()) {
                prepare(new IntegerConvKernel(unit), integers(arena, 1, 8, 77, type), written);
                prepare(new IntegerConvKernel(unit), integers(arena, 1, 64, 96, type), written);
            }
            prepare(new LookupCodeKernel(Isa.AMX), new LookupRequest(100, arena.allocate(256)), written);
            assertThat(written.codes).hasSizeGreaterThan(10);
            for (var code : written.codes.entrySet()) {
                check(VectorUnit.of(Isa.AMX).orElseThrow(), code.getKey(), code.getValue());
            }
        }
    }

    private static void copies(VectorUnit unit, Constants written) {
        for (int bytes : new int[] {1, 2, 4, 8}) {
            var strided = new StridedCopyCode(bytes);
            written.code(strided.name(), strided::write);
            for (boolean toList : new boolean[] {false, true}) {
                var listed = new ElementListCode(bytes, toList);
                written.code(listed.name(), listed::write);
            }
        }
        for (var places : RunCopyCode.Places.values()) {
            written.code(RunCopyCode.name(unit, places), () -> RunCopyCode.write(unit, places));
        }
        for (int members : new int[] {1, 5}) {
            for (int bytes : new int[] {4, 8}) {
                var indices = new IndexCode(bytes, members);
                written.code(indices.name(), indices::write);
            }
        }
        for (int i = 1; i <= TransposeCode.SIDE; i++) {
            for (int j = 1; j <= TransposeCode.SIDE; j++) {
                for (var result :
                        unit.hasMasks() ? List.of(Storage.FLOATS, Storage.BFLOAT16) : List.of(Storage.FLOATS)) {
                    var transpose = new TransposeCode(unit.isa(), i, j, result);
                    written.code(transpose.name(), transpose::write);
                }
            }
        }
    }

    private static void typed(Constants written) {
        for (var function : TypedFunction.values()) {
            for (var type : List.of(DataType.INT32, DataType.INT64, DataType.INT8, DataType.FLOAT32, DataType.BOOL)) {
                for (var result : List.of(type, DataType.BOOL)) {
                    var types = new ArrayList<>(Collections.nCopies(function.operands(), type));
                    if (function == TypedFunction.SELECT) {
                        types.set(0, DataType.BOOL);
                    }
                    var strides = Collections.nCopies(function.operands(), List.of(1L));
                    var request = new TypedRequest(function, types, result, List.of(100L), strides);
                    if (new TypedCodeKernel().supports(request)) {
                        prepare(new TypedCodeKernel(), request, written);
                    }
                }
            }
        }
    }

    private static IntegerConvRequest integers(
            Arena arena, int groups, int channels, int outputs, SumResult.Type type) {
        var window =
                new Window(List.of(9, 9), List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), List.of(9, 9));
        boolean isQuantized = type == SumResult.Type.INT8 || type == SumResult.Type.UINT8;
        var result = new SumResult(false, type, isQuantized ? 0.5f : 1, isQuantized ? 3 : 0);
        return new IntegerConvRequest(
                1,
                groups,
                channels,
                outputs,
                window,
                type == SumResult.Type.INT8,
                false,
                new IntegerConvRequest.Weights(
                        arena.allocate((long) outputs * channels / groups * window.kernelSize()),
                        true,
                        Optional.empty()),
                result,
                type == SumResult.Type.INT32 ? Epilogue.NONE : new Epilogue(EVERYTHING));
    }

    private static void folds(VectorUnit unit, Constants written) {
        for (boolean logarithm : new boolean[] {false, true}) {
            for (int size : new int[] {3, 100}) {
                prepare(new SoftmaxCodeKernel(unit), new SoftmaxRequest(logarithm, 9, size, 1), written);
            }
            prepare(new SoftmaxCodeKernel(unit), new SoftmaxRequest(logarithm, 9, 5, 50), written);
        }
        for (var function : ReduceFunction.values()) {
            for (var axes : List.of(List.of(3), List.of(1, 3), List.of(2), List.of(0, 2))) {
                var shape = List.of(3L, 4L, 5L, 60L);
                prepare(new ReduceCodeKernel(unit), new ReduceRequest(function, shape, axes), written);
            }
        }
    }

    private static void normalizations(VectorUnit unit, Constants written) {
        for (boolean one : new boolean[] {false, true}) {
            for (boolean other : new boolean[] {false, true}) {
                prepare(new RowNormCodeKernel(unit), new RowNormRequest(5, 77, 1e-5f, one, other, one, other), written);
                prepare(
                        new RowNormCodeKernel(unit),
                        new RowNormRequest(5, 77, 1e-5f, one, other, !one, !other),
                        written);
            }
            prepare(new RotaryKernel(unit), new RotaryRequest(one, 2, 3, 4, 50, 20, one, false, 4), written);
            prepare(new GroupNormCodeKernel(unit), new GroupNormRequest(2, 3, 4, 50, 1e-5f, one), written);
            prepare(new BatchNormCodeKernel(unit), new BatchNormRequest(2, 3, one ? 1 : 50, 1e-5f), written);
            prepare(
                    new LocalResponseCodeKernel(unit),
                    new LocalResponseRequest(2, 9, 50, 5, 1e-4f, one ? 0.75f : 0.5f, 1),
                    written);
        }
    }

    private static void attention(VectorUnit unit, Constants written) {
        for (int queries : new int[] {1, 70}) {
            for (int size : new int[] {5, 64, 300}) {
                for (var kind : MaskKind.values()) {
                    int keys = 400;
                    var masks = new Matrices(List.of(0L), keys, 1);
                    var request = new AttentionRequest(
                            queries,
                            keys,
                            size,
                            size + 3,
                            0.5f,
                            kind == MaskKind.ADDED ? 2 : 0,
                            new Matrices(List.of(0L), size, 1),
                            new Matrices(List.of(0L), size, 1),
                            new Matrices(List.of(0L), size + 3, 1),
                            new Matrices(List.of(0L), size + 3, 1),
                            Optional.of(new AttentionMask(kind, masks, -1)),
                            Optional.of(7L),
                            queries == 1,
                            Optional.empty());
                    prepare(new AttentionKernel(unit), request, written);
                }
            }
        }
    }

    private static <R> void prepare(Kernel<R> kernel, R request, Constants constants) {
        assertThat(kernel.supports(request)).as("%s", request).isTrue();
        kernel.prepare(request, constants);
    }

    private static ChannelsLastConvRequest conv(
            Arena arena, int size, int groups, int channels, int outputs, Epilogue epilogue) {
        var image = List.of(size, size);
        var window = new Window(image, List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), image);
        var weights = arena.allocate(4L * outputs * channels / groups * 9, 4);
        return new ChannelsLastConvRequest(1, groups, channels, outputs, window, weights, epilogue);
    }

    private static GemmRequest product(int rows, int columns, boolean turned) {
        int depth = 300;
        return new GemmRequest(
                rows,
                columns,
                depth,
                0.5f,
                GemmOperand.single(turned, turned ? rows : depth),
                GemmOperand.single(turned, turned ? depth : columns),
                new Epilogue(EVERYTHING));
    }

    private static GemmRequest constantProduct(Arena arena, int rows, int columns) {
        int depth = 300;
        var weights = arena.allocate(4L * depth * columns, 4);
        return new GemmRequest(
                rows,
                columns,
                depth,
                1,
                GemmOperand.single(false, depth),
                GemmOperand.single(false, columns).withConstant(weights),
                new Epilogue(EVERYTHING));
    }

    private static RecurrentRequest layer(Arena arena, Cell cell, int hidden) {
        var weights = arena.allocate(4L * cell.gates() * hidden * hidden, 4);
        return new RecurrentRequest(
                cell,
                2,
                3,
                hidden,
                hidden,
                List.of(true),
                weights,
                weights,
                Optional.empty(),
                false,
                false,
                true,
                false,
                false);
    }

    private static PoolRequest pool(PoolFunction function, int channels) {
        var window = new Window(
                List.of(9, 9, channels),
                List.of(3, 3, 1),
                List.of(1, 1, 1),
                List.of(1, 1, 1),
                List.of(1, 1, 0),
                List.of(9, 9, channels));
        return new PoolRequest(function, 1, window, List.of(1, 1, 0), false);
    }

    private static ResizeRequest resize(int taps) {
        var axis = new ResizeAxis(3, 1, taps, Collections.nCopies(taps, 1), Collections.nCopies(taps, 0.5f));
        return new ResizeRequest(1, List.of(axis, axis, new ResizeAxis(2, 2, 1, List.of(0, 1), List.of())));
    }

    private void check(VectorUnit unit, String name, byte[] bytes) throws IOException, InterruptedException {
        var code = new ArrayList<String>();
        for (var line : GnuTools.disassemble(bytes, folder)) {
            code.add(line.text().strip());
            if (line.text().strip().equals("ret")) {
                break;
            }
        }
        assertThat(code.getLast()).as(name).isEqualTo("ret");
        assertThat(code).as(name).noneMatch(text -> text.contains("(bad)") || text.startsWith("."));
        if (!unit.hasMasks()) {
            assertThat(code).as(name).noneMatch(text -> text.contains("zmm") || text.contains("{k"));
        }
    }

    /// Keeps the bytes of what is written.
    private static final class Written implements Constants, AutoCloseable {
        private final Arena arena;
        private final Map<String, byte[]> codes = new HashMap<>();
        private final List<MachineCode> made = new ArrayList<>();

        Written(Arena arena) {
            this.arena = arena;
        }

        @Override
        public MemorySegment packed(MemorySegment source, String form, long bytes, Consumer<MemorySegment> pack) {
            // Packing may run code that this processor cannot.
            return arena.allocate(bytes, 64);
        }

        @Override
        public MachineCode code(String name, Supplier<byte[]> writer) {
            var bytes = codes.computeIfAbsent(name, _ -> writer.get());
            made.add(MachineCode.of(bytes));
            return made.getLast();
        }

        @Override
        public void close() {
            made.forEach(MachineCode::close);
        }
    }
}
