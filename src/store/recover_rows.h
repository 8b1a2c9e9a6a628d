/* A store that is recovered, and the rows of it that SQLite reaches. For recover.c only. */
#ifndef DIURNA_STORE_RECOVER_ROWS_H
#define DIURNA_STORE_RECOVER_ROWS_H

#include "core/buf.h"
#include "store/recover.h"
#include "store/watch.h"

struct recover {
	sqlite3 *from; /* the damaged store */
	sqlite3 *to;
	struct recovery *report;
	sqlite3_stmt *insert; /* of the table that is copied */
	struct watching watching;
	int64_t pages, rows; /* of the damaged store; copied since the last look */
	struct buf damaged;  /* " name name ": tables that lack something */
};

/* The number that a query gives; 0: none, or it cannot be asked. */
int64_t recover_number(sqlite3 *db, const char *sql);
/*
 * Copy from r->from to r->to what can be read of every table, over the places that cannot: those
 * are counted in the report, and the table's name goes into r->damaged. What the new store's own
 * rules refuse is left out, and so is a value that does not belong into its column.
 */
void recover_rows(struct recover *r);

#endif
