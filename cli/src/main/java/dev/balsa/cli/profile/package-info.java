/// How `balsa profile` shows where the time of a run goes: a [dev.balsa.cli.profile.ProfiledRun]
/// becomes tables in [dev.balsa.cli.profile.ProfileReport] and a file for trace viewers in
/// [dev.balsa.cli.profile.ChromeTrace].
///
/// Not here: the measuring, which [dev.balsa.Model#profile] does.
@NullMarked
package dev.balsa.cli.profile;

import org.jspecify.annotations.NullMarked;
