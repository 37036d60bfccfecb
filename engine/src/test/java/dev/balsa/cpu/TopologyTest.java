package dev.balsa.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopologyTest {
    @TempDir
    Path folder;

    private MadeUpSystem system() {
        return new MadeUpSystem(folder);
    }

    /// Two nodes of two cores of two threads, numbered as Linux does on Intel's processors.
    private MadeUpSystem twoNodes() {
        var system = system().withOnline("0-7").withNode(0, "0-1,4-5").withNode(1, "2-3,6-7");
        for (int id = 0; id < 8; id++) {
            system.withSiblings(id, id % 4 + "," + (id % 4 + 4));
        }
        return system;
    }

    @Test
    void threadsOfACoreAreGrouped() {
        var topology = twoNodes().read(8);
        assertThat(topology.processors()).extracting(Topology.Processor::core).containsExactly(0, 1, 2, 3, 0, 1, 2, 3);
        assertThat(topology.cores()).isEqualTo(4);
        assertThat(topology.threadsPerCore()).isEqualTo(2);
        assertThat(topology.usefulThreads()).isEqualTo(4);
    }

    @Test
    void processorsAreOfNodes() {
        var topology = twoNodes().read(8);
        assertThat(topology.processors()).extracting(Topology.Processor::node).containsExactly(0, 0, 1, 1, 0, 0, 1, 1);
        assertThat(topology.nodes()).isEqualTo(2);
    }

    @Test
    void placesAreCoresFirstAndNodeByNode() {
        assertThat(twoNodes().read(8).placingOrder()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        var crossed = system().withNode(0, "1,3")
                .withNode(1, "0,2")
                .withSiblings(1, "1,3")
                .withSiblings(3, "1,3");
        assertThat(crossed.read(4).placingOrder()).containsExactly(1, 0, 2, 3);
    }

    @Test
    void onlyAllowedProcessorsCount() {
        var allowed = new BitSet();
        IntStream.of(1, 5, 6).forEach(allowed::set);
        var topology = twoNodes().read(allowed);
        assertThat(topology.processors())
                .containsExactly(
                        new Topology.Processor(1, 0, 0),
                        new Topology.Processor(5, 0, 0),
                        new Topology.Processor(6, 1, 1));
        assertThat(allowed.cardinality()).isEqualTo(3);
    }

    @Test
    void processorsThatAreOfflineDoNotCount() {
        var topology = system().withOnline("0-1,3").withSiblings(0, "0").read(8);
        assertThat(topology.processors()).extracting(Topology.Processor::id).containsExactly(0, 1, 3);
        assertThat(topology.cores()).isEqualTo(3);
    }

    @Test
    void olderSystemsNameSiblingsOtherwise() {
        var system = system();
        for (int id = 0; id < 4; id++) {
            system.with("/sys/devices/system/cpu/cpu" + id + "/topology/thread_siblings_list", id < 2 ? "0-1" : "2-3");
        }
        assertThat(system.read(4).cores()).isEqualTo(2);
    }

    @Test
    void withoutFilesThereIsOneThreadPerCoreOrAsManyAsTheProcessorSays() {
        var plain = system().read(4);
        assertThat(plain.cores()).isEqualTo(4);
        assertThat(plain.nodes()).isEqualTo(1);
        assertThat(plain.quota()).isEmpty();
        var allowed = new BitSet();
        allowed.set(0, 5);
        var paired = new TopologyReader(new SystemFiles(folder), () -> 2).read(allowed);
        assertThat(paired.processors()).extracting(Topology.Processor::core).containsExactly(0, 0, 1, 1, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "zero", "3-1", "0,,1", "-1", "1-", "0-999999", "0 1", "99999999999999999999"})
    void whatMakesNoSenseIsNotThere(String text) {
        assertThat(NumberList.parse(text)).isEmpty();
        var topology = system().withOnline(text)
                .withNode(0, text)
                .withSiblings(0, text)
                .read(2);
        assertThat(topology.processors())
                .containsExactly(new Topology.Processor(0, 0, 0), new Topology.Processor(1, 1, 0));
    }

    @Test
    void siblingsThatLeaveOutTheProcessorItselfAreNotBelieved() {
        assertThat(system().withSiblings(0, "1").withSiblings(1, "1").read(2).cores())
                .isEqualTo(2);
    }

    @Test
    void anOnlineListWithoutAnyAllowedProcessorIsNotBelieved() {
        assertThat(system().withOnline("8-9").read(2).processors()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 1", "1, 1", "1.5, 2", "3.01, 4", "4, 4", "100, 4"})
    void threadsBeyondTheQuotaAreOfNoUse(double quota, int threads) {
        var four = system().read(4).processors();
        assertThat(new Topology(four, OptionalDouble.of(quota)).usefulThreads()).isEqualTo(threads);
    }

    @Test
    void theQuotaIsRead() {
        var topology = twoNodes()
                .inGroup("/")
                .with("/sys/fs/cgroup/cpu.max", "150000 100000")
                .read(8);
        assertThat(topology.quota()).hasValue(1.5);
        assertThat(topology.usefulThreads()).isEqualTo(2);
    }

    @Test
    void refusesToBeEmpty() {
        assertThatThrownBy(() -> new Topology(List.of(), OptionalDouble.empty()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theMachineAtHandHasNoMoreCoresThanProcessors() {
        var topology = Topology.current();
        assertThat(topology.cores()).isBetween(1, topology.processors().size());
        assertThat(topology.usefulThreads()).isBetween(1, topology.cores());
        assertThat(topology.placingOrder())
                .containsExactlyInAnyOrderElementsOf(topology.processors().stream()
                        .map(Topology.Processor::id)
                        .toList());
    }

    @Test
    void cpuidTellsThreadsPerCore() {
        assertThat(Cpuid.threadsPerCore(new Cpuid.Answer(1, 2, 0x100, 0))).isEqualTo(2);
        assertThat(Cpuid.threadsPerCore(new Cpuid.Answer(1, 0, 0x100, 0))).isEqualTo(1);
        assertThat(Cpuid.threadsPerCore(new Cpuid.Answer(4, 16, 0x201, 0))).isEqualTo(1);
    }
}
