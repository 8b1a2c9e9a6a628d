/* The beginning of a word as the words that begin so. For the files of this layer only. */
#ifndef DIURNA_STORE_PREFIX_H
#define DIURNA_STORE_PREFIX_H

#include "store/store.h"

#include <sqlite3.h>

/* What prefix_expand reads, made when a store is opened; without it nothing is expanded. */
void prefix_prepare(sqlite3 *db);
/*
 * "econ*", perhaps in one column, as ("economist" OR "economy"), where there are not very many such
 * words: of the beginning FTS5 puts the places of all together before it gives the first, which
 * grows with the store; of words it gives the latest at once. match: as match_spell makes it. NULL:
 * it stays as it is. To be freed.
 */
char *prefix_expand(struct store *store, const char *match);

#endif
