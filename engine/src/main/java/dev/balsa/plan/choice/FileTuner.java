package dev.balsa.plan.choice;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Times of kernels that a file keeps. Thread-safe.
public final class FileTuner implements Tuner {
    private final ChoiceFile file;
    private final boolean measures;
    private final Map<String, Map<String, Double>> fresh = new LinkedHashMap<>();
    private Optional<Map<String, Map<String, Double>>> read = Optional.empty();

    /// A tuner with the times of a file, which is read when the first are asked for.
    ///
    /// @param measures whether times that are not in the file are measured and added to it
    public FileTuner(ChoiceFile file, boolean measures) {
        this.file = file;
        this.measures = measures;
    }

    @Override
    public synchronized Optional<Times> times(
            String key, List<String> kernels, Supplier<Optional<List<Double>>> measure) {
        if (read.isEmpty()) {
            read = Optional.of(file.read());
        }
        var known = fresh.getOrDefault(key, read.get().getOrDefault(key, Map.of()));
        if (known.keySet().containsAll(kernels)) {
            return Optional.of(new Times(kernels.stream().map(known::get).toList(), fresh.containsKey(key)));
        }
        return measures ? measure.get().map(times -> add(key, kernels, times)) : Optional.empty();
    }

    private Times add(String key, List<String> kernels, List<Double> times) {
        var entry = new LinkedHashMap<String, Double>();
        for (int i = 0; i < times.size(); i++) {
            entry.put(kernels.get(i), times.get(i));
        }
        fresh.put(key, entry);
        return new Times(times, true);
    }

    @Override
    public boolean measures() {
        return measures;
    }

    @Override
    public synchronized void save() {
        if (!fresh.isEmpty()) {
            file.add(fresh);
            read = Optional.of(merged());
            fresh.clear();
        }
    }

    private Map<String, Map<String, Double>> merged() {
        var all = new LinkedHashMap<>(read.orElse(Map.of()));
        all.putAll(fresh);
        return all;
    }
}
