/* Rows of a damaged store that SQLite does not reach. */
#ifndef DIURNA_STORE_SALVAGE_H
#define DIURNA_STORE_SALVAGE_H

#include "store/watch.h"

/* Of a table with a key of its own: an index of ours has fewer, and only its tree tells. */
enum { SALVAGE_FEW_COLUMNS = 5 };

/*
 * Whatever stands in the pages of the file goes into the table of the new store whose tree it
 * stands in, as from (NULL: nobody) says; else into the one that it fits, by the kinds of its
 * values, unless a row of its key is there already. tables: those that lack something, " name
 * name "; NULL: all. Tables with a key of their own and few columns look like indexes: without
 * from their trees are told by what else came back. *rows: how many came. How far it is goes to
 * watching.
 */
enum status salvage(const char *path, sqlite3 *from, sqlite3 *to, const char *tables, int64_t *rows,
	const struct watching *watching);

#endif
