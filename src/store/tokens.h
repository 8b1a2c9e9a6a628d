/* How the full-text index takes texts apart. For the files of this layer only. */
#ifndef DIURNA_STORE_TOKENS_H
#define DIURNA_STORE_TOKENS_H

#include "core/status.h"

#include <sqlite3.h>

/*
 * Make the tokenizer "diurna" known to a connection: FTS5's unicode61, whose arguments it takes,
 * and every character of a script that is written without spaces is a word. So Chinese, Japanese
 * and Thai are found by any part of a sentence: FTS5 looks for the characters in a row.
 */
enum status tokens_register(sqlite3 *db);

#endif
