/// How results are shown: tables, statistics of tensors, class scores, JSON files, progress.
@NullMarked
package dev.balsa.cli.report;

import org.jspecify.annotations.NullMarked;
