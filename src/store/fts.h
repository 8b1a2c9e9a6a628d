/* What diurna adds to the full-text search of SQLite. For the files of this layer only. */
#ifndef DIURNA_STORE_FTS_H
#define DIURNA_STORE_FTS_H

#include "core/status.h"

#include <sqlite3.h>

/*
 * Make the tokenizer "diurna" (store/tokens.h) and the function "relevance" (store/relevance.h)
 * known to a connection. STATUS_UNSUPPORTED: this SQLite has no FTS5.
 */
enum status fts_register(sqlite3 *db);

#endif
