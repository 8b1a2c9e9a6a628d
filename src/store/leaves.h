/*
 * Rows as they stand in the pages of a database file, whether its trees lead there or not: for a
 * file whose first pages, or those between root and leaf, are lost. Nothing of it is trusted.
 */
#ifndef DIURNA_STORE_LEAVES_H
#define DIURNA_STORE_LEAVES_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LEAF_COLUMNS = 64 };

struct leaf_value {
	int type; /* SQLITE_NULL, SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT, SQLITE_BLOB */
	int64_t number;
	double real;
	const void *data;
	size_t len;
};

struct leaf_row {
	double share;  /* of the file, read so far */
	uint32_t root; /* first page of the tree that it stands in; 0: nobody can tell */
	bool is_keyed; /* of an index or a table without rowid: in the order of its key */
	int64_t rowid;
	int count;
	struct leaf_value values[LEAF_COLUMNS];
};

/*
 * Each row once, page by page, as the file's log has them, then the file; pages that are free are
 * left out, as far as the file says so.
 */
enum status leaves_read(
	const char *path, void (*on_row)(void *context, const struct leaf_row *row), void *context);

#endif
