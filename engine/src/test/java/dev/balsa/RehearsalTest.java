package dev.balsa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.balsa.cpu.Isa;
import dev.balsa.error.ResourceException;
import dev.balsa.onnx.proto.OnnxWriter;
import dev.balsa.onnx.rehearsal.Network;
import dev.balsa.onnx.rehearsal.Networks;
import dev.balsa.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RehearsalTest {
    /// Operators that have no kernel, whatever the processor.
    private static final Set<String> WITHOUT_KERNEL = Set.of(
            "ArgMax",
            "ArgMin",
            "CumSum",
            "Einsum",
            "If",
            "later stage",
            "Loop",
            "LpNormalization",
            "Mean",
            "Mod",
            "NonZero",
            "OneHot",
            "ReduceProd",
            "Sign",
            "TopK",
            "Trilu");

    @TempDir
    private Path folder;

    static Stream<String> networks() {
        return Networks.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void resultsAreFiniteAndTheSameEveryTime(String name) {
        var first = results(name);
        var second = results(name);
        assertThat(first).isNotEmpty().allMatch(RehearsalTest::isFinite);
        for (int i = 0; i < first.size(); i++) {
            assertThat(second.get(i).contentEquals(first.get(i)))
                    .as("output " + i)
                    .isTrue();
        }
    }

    private List<Tensor> results(String name) {
        return with(name, (network, model) -> {
            var outputs = model.run(inputs(network));
            return IntStream.range(0, outputs.size()).mapToObj(outputs::get).toList();
        });
    }

    private static boolean isFinite(Tensor tensor) {
        for (long i = 0; i < tensor.size(); i++) {
            if (!Double.isFinite(tensor.getDouble(i))) {
                return false;
            }
        }
        return true;
    }

    @ParameterizedTest
    @MethodSource("networks")
    void hasMachineCode(String name) {
        assumeThat(Isa.best()).isNotEqualTo(Isa.PORTABLE);
        var steps = with(name, (network, model) -> model.plan(inputs(network)));
        assertThat(steps)
                .filteredOn(step -> !WITHOUT_KERNEL.contains(step.operator()))
                .noneMatch(
                        step -> step.kernel().equals("plain") || step.kernel().startsWith("portable"));
    }

    /// What loading costs most is writing the code of products and packing their weights: each way to do so is met.
    @Test
    void comesByTheKernelsThatMatter() {
        assumeThat(Isa.best()).isEqualTo(Isa.AVX2);
        var kernels = networks()
                .flatMap(name -> with(name, (network, model) -> model.plan(inputs(network))).stream())
                .map(PlannedStep::kernel)
                .distinct()
                .toList();
        assertThat(List.of(
                        "winograd",
                        "depthwise_f32",
                        "depthwise_x8",
                        "convtranspose",
                        "conv_x8",
                        "gemm_x8",
                        "attention",
                        "recurrent",
                        "lookup",
                        "pool",
                        "resize"))
                .allMatch(word -> kernels.stream().anyMatch(kernel -> kernel.contains(word)));
    }

    @Test
    void leavesNoFiles() {
        Rehearsal.run(Options.defaults().withThreads(2), folder);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void saysWhereFilesCannotBeWritten() {
        var missing = folder.resolve("missing");
        assertThatThrownBy(() -> Rehearsal.run(Options.defaults(), missing))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining(missing.toString());
    }

    private static Map<String, Tensor> inputs(Network network) {
        var tensors = new LinkedHashMap<String, Tensor>();
        network.inputs().forEach(input -> tensors.put(input.name(), input.tensor()));
        return tensors;
    }

    private <T> T with(String name, BiFunction<Network, Model, T> trial) {
        var network = Networks.all().get(name).get();
        var file = folder.resolve(name + ".onnx");
        OnnxWriter.write(network.model(), file);
        try (var model = Model.load(file)) {
            return trial.apply(network, model);
        }
    }
}
