/* Files that are there whole or not at all. */
#ifndef DIURNA_EDITION_FILE_H
#define DIURNA_EDITION_FILE_H

#include "core/status.h"

#include <stdbool.h>
#include <stdio.h>

/* Makes a folder and those above it. STATUS_IO: errno says why. */
enum status folder_make(const char *path);
/*
 * Writes folder/name: to a temporary file beside it, synced, renamed, the folder synced. One
 * process at a time. STATUS_IO: errno says why (EISDIR: a folder has that name), the old file is as
 * it was.
 */
enum status file_write(const char *folder, const char *name,
	enum status (*write)(FILE *to, const void *context), const void *context);
/* Is path a symbolic link that says target? */
bool link_leads_to(const char *path, const char *target);
/*
 * Makes folder/name a symbolic link to target, in one step, where it is not that already.
 * STATUS_IO: errno says why, EISDIR where a folder has that name.
 */
enum status link_write(const char *folder, const char *name, const char *target);

/*
 * Waits until nobody else writes below a folder, a minute at most. A descriptor, to be closed; -1:
 * errno says why. Where a file system knows no locks there is none.
 */
int folder_lock(const char *path);

#endif
