/* What another reader has kept: newsboat's cache.db, files of sfeed. */
#ifndef DIURNA_CLI_HISTORY_H
#define DIURNA_CLI_HISTORY_H

#include <stdbool.h>

/*
 * Put the items of a file into the store, which no daemon may work on meanwhile. feed: whose items
 * those of an sfeed file are; newsboat's file says it. An exit code; what happened is said.
 */
int history_import(const char *path, const char *feed, bool is_dry);

#endif
