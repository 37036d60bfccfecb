/// Works whose Java has been done once and for all: what it wrote, copied and called is a list of commands that a
/// routine goes through.
///
/// A captured run ([Tape]) happens on [Stand] memory, twice, at different addresses: what differs between both
/// tells which numbers are addresses, and of what. [Commands] makes a list of both, [ReplayWork] has [ReplayCode]
/// go through it. A process that has just started interprets Java, and most of the time of its first runs went
/// there.
///
/// Not here: what is captured, and when (`plan/`). Start at [ReplayWork].
@NullMarked
package dev.balsa.kernel.replay;

import org.jspecify.annotations.NullMarked;
