package dev.balsa.ir.indexing;

import dev.balsa.ir.Op;

/// An operator that reads or writes its elements at places that an input gives.
public sealed interface Indexing extends Op
        permits Compress, Gather, GatherElements, GatherND, OneHot, ScatterElements, ScatterND {}
