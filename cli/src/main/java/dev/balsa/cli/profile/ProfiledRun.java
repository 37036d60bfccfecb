package dev.balsa.cli.profile;

import dev.balsa.Roof;
import dev.balsa.StepTime;
import dev.balsa.cpu.PeakRates;
import dev.balsa.cpu.PeakUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The steps of one run, in the order in which they began, a step before those inside of it.
public final class ProfiledRun {
    private final List<ProfiledStep> steps;
    private final long nanos;

    ProfiledRun(List<ProfiledStep> steps) {
        this.steps = List.copyOf(steps);
        nanos = steps.stream().mapToLong(ProfiledStep::ownNanos).sum();
    }

    /// Finds out which step is inside of which.
    public static ProfiledRun of(List<StepTime> times) {
        var sorted = times.stream()
                .sorted(Comparator.comparingLong(StepTime::startNanos).thenComparingInt(StepTime::depth))
                .toList();
        var own = sorted.stream().mapToLong(StepTime::nanos).toArray();
        var open = new ArrayDeque<Integer>();
        for (int i = 0; i < sorted.size(); i++) {
            while (!open.isEmpty()
                    && sorted.get(open.peek()).depth() >= sorted.get(i).depth()) {
                open.pop();
            }
            if (!open.isEmpty()) {
                own[open.peek()] -= sorted.get(i).nanos();
            }
            open.push(i);
        }
        var steps = new ArrayList<ProfiledStep>(own.length);
        for (int i = 0; i < own.length; i++) {
            steps.add(new ProfiledStep(sorted.get(i), Math.max(0, own[i])));
        }
        return new ProfiledRun(steps);
    }

    /// The time of all steps together.
    public long nanos() {
        return nanos;
    }

    long bytes() {
        return steps.stream().mapToLong(step -> step.step().bytes()).sum();
    }

    List<ProfiledStep> steps() {
        return steps;
    }

    /// The roofs of all steps that count operations, in their order; that of vectors if there are none.
    SortedSet<Roof> roofs() {
        var roofs = steps.stream()
                .filter(step -> step.step().flops() > 0)
                .map(ProfiledStep::roof)
                .collect(Collectors.toCollection(TreeSet::new));
        if (roofs.isEmpty()) {
            roofs.add(Roof.VECTORS);
        }
        return roofs;
    }

    /// What there should be rates of, so that the run can be held against them.
    public Set<PeakUnit> units() {
        return roofs().stream().map(Roof::unit).collect(Collectors.toSet());
    }

    /// How long the operations of all steps would take at their roofs.
    double leastNanos(PeakRates peak) {
        return steps.stream().mapToDouble(step -> step.leastNanos(peak)).sum();
    }

    long flops() {
        return steps.stream().mapToLong(step -> step.step().flops()).sum();
    }
}
