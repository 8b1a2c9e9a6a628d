/* How well an item answers a full-text query. For the files of this layer only. */
#ifndef DIURNA_STORE_RELEVANCE_H
#define DIURNA_STORE_RELEVANCE_H

#include <sqlite3.h>

/*
 * Make the function "relevance" of full-text tables known to FTS5: relevance(table, weight of the
 * first column, of the second, ...), 1 for a column without; lower is better, as with bm25(). The
 * weights count a phrase's places as often as its columns are worth. BM25 with k1 = 1.2 and b =
 * 0.75 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009, section 3.4). FTS5's
 * own bm25() looks at every row that has a word before the first is rated; here what is common is
 * estimated from its first RELEVANCE_SAMPLE rows, which are taken for as dense as the others.
 * Returns an SQLite result code.
 */
int relevance_create(fts5_api *api);

enum { RELEVANCE_SAMPLE = 10000 };

#endif
