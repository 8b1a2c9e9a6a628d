/* Whole files. */
#ifndef DIURNA_CORE_FILE_H
#define DIURNA_CORE_FILE_H

#include "core/buf.h"
#include "core/status.h"

/*
 * Append all of a file to a buf; path "-" is standard input. STATUS_NOT_FOUND: there is none;
 * STATUS_IO: it cannot be read; errno says so for both. STATUS_LIMIT: it has more than max bytes;
 * what was read until then is there.
 */
enum status file_read(const char *path, size_t max, struct buf *to);
/* The first line of a file without its end, as passwords are kept; to be freed. NULL: errno. */
char *file_first_line(const char *path);

/*
 * Make an empty file where none is, that those may read and write who may so with another one: its
 * mode, and its owner as far as we may give files away. STATUS_IO: errno.
 */
enum status file_make_like(const char *path, const char *other);

/*
 * What was made, renamed or removed in a folder is on disk, whatever happens to the power then.
 * STATUS_IO: errno.
 */
enum status folder_sync(const char *folder);
/* The same of the folder that path is in. */
enum status folder_sync_of(const char *path);

#endif
