/// Layers one after the other for a few rows of an image at a time, so that what they hand on stays in a core's caches:
/// depth first, as *fused-layer* accelerators do (Alwani et al., *Fused-layer CNN accelerators*, 2016).
///
/// [dev.balsa.kernel.depthfirst.Layer] is what a kernel's family says of its requests, and
/// [dev.balsa.kernel.depthfirst.DepthFirstWork] what is made of several. Which layers are worth it is for others to
/// decide.
@NullMarked
package dev.balsa.kernel.depthfirst;

import org.jspecify.annotations.NullMarked;
