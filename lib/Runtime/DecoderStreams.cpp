//===- DecoderStreams.cpp - What the picture decoders take for stderr -----===//
#include <stdio.h>

/// The embedded decoders write here instead of to libc's stderr, see
/// lib/Target/CMakeLists.txt. Their errors are handled, so they never do.
extern "C" FILE *bridge_decoder_stderr;
FILE *bridge_decoder_stderr = nullptr;
