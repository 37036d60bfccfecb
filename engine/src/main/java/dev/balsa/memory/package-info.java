/// Memory from the system itself: pages that code lies in, and large pages for weights and intermediate tensors.
///
/// Not here: tensors (`dev.balsa.tensor`), and who owns what. Start at [LargeMemory].
@NullMarked
package dev.balsa.memory;

import org.jspecify.annotations.NullMarked;
