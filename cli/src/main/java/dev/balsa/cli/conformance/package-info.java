/// Runs test cases in the form of ONNX's backend tests: a folder with `model.onnx` and `test_data_set_N` folders of
/// `input_i.pb` and `output_i.pb`.
///
/// [CaseFolder] finds them, [CaseRun] runs one, [Closeness] judges.
@NullMarked
package dev.balsa.cli.conformance;

import org.jspecify.annotations.NullMarked;
