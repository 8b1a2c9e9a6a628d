/* How the full-text index takes texts apart. For the files of this layer only. */
#ifndef DIURNA_STORE_TOKENS_H
#define DIURNA_STORE_TOKENS_H

#include <sqlite3.h>

/*
 * Make the tokenizer "diurna" known to FTS5: its unicode61, whose arguments it takes, and every
 * character of a script that is written without spaces is a word. So Chinese, Japanese and Thai are
 * found by any part of a sentence: FTS5 looks for the characters in a row. A word with letters such
 * as ø, ł or ß is there twice, as it is written and in plain letters, in texts and in queries.
 * Returns an SQLite result code.
 */
int tokens_create(fts5_api *api);

#endif
