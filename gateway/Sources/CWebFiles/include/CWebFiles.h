// The files of gateway/web and gateway/openapi.json, inside the program.

#ifndef ALPHINTRA_CWEBFILES_H
#define ALPHINTRA_CWEBFILES_H

#include <stddef.h>

/// One file.
typedef struct {
  /// The path under which it is served.
  const char *_Nonnull path;
  const unsigned char *_Nonnull bytes;
  size_t count;
} alphintra_web_file;

/// The file at an index from 0; NULL behind the last.
const alphintra_web_file *_Nullable alphintra_web_file_at(size_t index);

#endif
