package dev.balsa.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuQuotaTest {
    private static final String VERSION_1 =
            "30 22 0:25 / /sys/fs/cgroup/cpu,cpuacct rw shared:8 - cgroup cgroup rw,cpu,cpuacct";

    @TempDir
    Path folder;

    private MadeUpSystem system() {
        return new MadeUpSystem(folder);
    }

    @Test
    void thereIsNoneWithoutGroups() {
        assertThat(system().quota()).isEmpty();
        assertThat(system().inGroup("/").quota()).isEmpty();
    }

    @Test
    void theLeastOfAllGroupsAroundHolds() {
        var system = system().inGroup("/app.slice/web/worker")
                .with("/sys/fs/cgroup/app.slice/cpu.max", "400000 100000")
                .with("/sys/fs/cgroup/app.slice/web/cpu.max", "75000 50000")
                .with("/sys/fs/cgroup/app.slice/web/worker/cpu.max", "max 100000")
                .with("/sys/fs/cgroup/other/cpu.max", "1000 100000");
        assertThat(system.quota()).hasValue(1.5);
    }

    @Test
    void aContainerSeesItsOwnGroupAsTheRoot() {
        assertThat(system().inGroup("/")
                        .with("/sys/fs/cgroup/cpu.max", "250000 100000")
                        .quota())
                .hasValue(2.5);
    }

    @Test
    void groupsOutsideOfTheNamespaceAreTheRoot() {
        assertThat(system().inGroup("/../../sibling")
                        .with("/sys/fs/cgroup/cpu.max", "50000 100000")
                        .with("/sys/sibling/cpu.max", "10000 100000")
                        .quota())
                .hasValue(0.5);
    }

    @Test
    void version1HasTwoFiles() {
        var system = system().with("/proc/self/mountinfo", VERSION_1)
                .with("/proc/self/cgroup", "5:memory:/elsewhere\n4:cpu,cpuacct:/job")
                .with("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1")
                .with("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000")
                .with("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "300000")
                .with("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "200000");
        assertThat(system.quota()).hasValue(1.5);
    }

    @Test
    void aMountMayShowAPartOfTheGroups() {
        var system = system().with("/proc/self/mountinfo", VERSION_1.replace(" / /sys", " /docker/1f /sys"))
                .with("/proc/self/cgroup", "4:cpu,cpuacct:/docker/1f/inner")
                .with("/sys/fs/cgroup/cpu,cpuacct/inner/cpu.cfs_quota_us", "200000")
                .with("/sys/fs/cgroup/cpu,cpuacct/inner/cpu.cfs_period_us", "100000");
        assertThat(system.quota()).hasValue(2);
        system.with("/proc/self/cgroup", "4:cpu,cpuacct:/docker/1fa/inner");
        assertThat(system.quota()).isEmpty();
    }

    @Test
    void bothVersionsMayBeThere() {
        var system = system().with(
                        "/proc/self/mountinfo",
                        VERSION_1 + "\n31 22 0:27 / /sys/fs/cgroup/unified rw - cgroup2 none rw")
                .with("/proc/self/cgroup", "4:cpu,cpuacct:/job\n0::/job")
                .with("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "300000")
                .with("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000")
                .with("/sys/fs/cgroup/unified/job/cpu.max", "200000 100000");
        assertThat(system.quota()).hasValue(2);
    }

    @Test
    void foldersMayHaveSpaces() {
        var system = system().with("/proc/self/mountinfo", "31 22 0:27 / /my\\040groups rw - cgroup2 none rw")
                .with("/proc/self/cgroup", "0::/a:b")
                .with("/my groups/a:b/cpu.max", "100000 100000");
        assertThat(system.quota()).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "max", "max 100000", "much 100000", "100000", "1 0", "0 1", "-1 5", "5 -1", "9e9 1"})
    void whatMakesNoSenseIsNoLimit(String text) {
        assertThat(system().inGroup("/").with("/sys/fs/cgroup/cpu.max", text).quota())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", " - ", "31 22 - cgroup2", "31 22 0:27 / here rw - cgroup2 none rw"})
    void mountsThatMakeNoSenseAreNone(String line) {
        assertThat(ControlGroupMount.parse(line)).isEmpty();
        assertThat(system().inGroup("no colons")
                        .with("/sys/fs/cgroup/cpu.max", "1 1")
                        .with("/proc/self/mountinfo", line)
                        .quota())
                .isEmpty();
    }
}
