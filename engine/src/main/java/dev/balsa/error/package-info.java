/// The failures of Balsa: one sealed family, [BalsaException], with a code for programs and a message for people.
///
/// Not here: what is logged, and exit or HTTP statuses; those belong to the command line and the server.
/// Start at [BalsaException].
@NullMarked
package dev.balsa.error;

import org.jspecify.annotations.NullMarked;
