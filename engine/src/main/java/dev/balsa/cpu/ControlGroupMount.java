package dev.balsa.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A place where control groups that may limit processors are mounted (Linux, *proc_pid_mountinfo(5)*,
/// *cgroups(7)*).
///
/// @param root the group that the folder shows, `/` if it shows all of them
/// @param folder the absolute path of it
/// @param isVersion2 whether it is the one hierarchy of version 2, rather than that of version 1's controller
///     `cpu`
record ControlGroupMount(String root, String folder, boolean isVersion2) {
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");
    private static final String VERSION_2 = "cgroup2";
    private static final String VERSION_1 = "cgroup";
    private static final String CONTROLLER = "cpu";

    /// A line of `/proc/self/mountinfo`; empty if it mounts something else.
    static Optional<ControlGroupMount> parse(String line) {
        int middle = line.indexOf(" - ");
        if (middle < 0) {
            return Optional.empty();
        }
        var place = line.substring(0, middle).split(" ");
        var system = line.substring(middle + 3).split(" ");
        if (place.length < 5 || system.length < 3 || !place[4].startsWith("/")) {
            return Optional.empty();
        }
        boolean version1 =
                system[0].equals(VERSION_1) && List.of(system[2].split(",")).contains(CONTROLLER);
        if (!version1 && !system[0].equals(VERSION_2)) {
            return Optional.empty();
        }
        return Optional.of(new ControlGroupMount(plain(place[3]), plain(place[4]), !version1));
    }

    /// Spaces and the like stand as octal numbers.
    private static String plain(String text) {
        return OCTAL.matcher(text).replaceAll(code -> {
            var sign = String.valueOf((char) Integer.parseInt(code.group(1), 8));
            return Matcher.quoteReplacement(sign);
        });
    }

    /// The folders of the group that a line of `/proc/self/cgroup` names and of those around it, outermost first,
    /// as far as they are visible here; none if the line is of another hierarchy.
    List<String> foldersOf(String line) {
        var parts = line.split(":", 3);
        if (parts.length < 3 || !isMine(parts[0], parts[1])) {
            return List.of();
        }
        var folders = new ArrayList<String>();
        var path = new StringBuilder(folder.equals("/") ? "" : folder);
        folders.add(path.toString());
        for (var name : belowRoot(parts[2]).split("/")) {
            if (!name.isEmpty()) {
                folders.add(path.append('/').append(name).toString());
            }
        }
        return folders;
    }

    private boolean isMine(String hierarchy, String controllers) {
        return isVersion2
                ? hierarchy.equals("0") && controllers.isEmpty()
                : List.of(controllers.split(",")).contains(CONTROLLER);
    }

    /// The way from the root of this mount to a group; nothing if the group is not below it, as in containers
    /// that see the names of groups outside of them.
    private String belowRoot(String group) {
        if (List.of(group.split("/")).contains("..")) {
            return "";
        }
        if (root.equals("/")) {
            return group;
        }
        return (group + "/").startsWith(root + "/") ? group.substring(root.length()) : "";
    }
}
