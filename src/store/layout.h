/* Whether a file has what schema.sql and views.sql describe. For the files of this layer only. */
#ifndef DIURNA_STORE_LAYOUT_H
#define DIURNA_STORE_LAYOUT_H

#include "store/store.h"

/*
 * Name what the store lacks of the tables, columns, indexes and views of this version, and columns
 * with values of another kind than theirs (SQLite itself takes nearly everything), and rows against
 * a rule of their table. Lines for people through on_line; *is_fine becomes false with the first.
 * STATUS_CORRUPT: a table or column is not there, and other questions make no sense.
 */
enum status layout_check(struct store *store, void (*on_line)(void *context, const char *line),
	void *context, bool *is_fine);

#endif
