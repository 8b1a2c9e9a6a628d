/* Rows of a damaged store that SQLite does not reach. */
#ifndef DIURNA_STORE_SALVAGE_H
#define DIURNA_STORE_SALVAGE_H

#include "store/watch.h"

/*
 * An index of ours has fewer columns than that, and the rows of a table with a key of its own may
 * be taken for those of one: they stay where they are.
 */
enum { SALVAGE_KEYED_COLUMNS = 5 };

/*
 * Whatever stands in the pages of the file and fits into one table of the new store only, by the
 * kinds of its values, goes there, unless a row of its key is there already. tables: those that
 * lack something, " name name "; NULL: all. *rows: how many came. How far it is goes to
 * watching.
 */
enum status salvage(const char *path, sqlite3 *to, const char *tables, int64_t *rows,
	const struct watching *watching);

#endif
