/* Short ways to run statements. For the files of this layer only. */
#ifndef DIURNA_STORE_SQL_H
#define DIURNA_STORE_SQL_H

#include "core/arena.h"
#include "store/store.h"

/* What an SQLite result means to us. */
enum status sql_status(int result);

/*
 * types: one letter a parameter. i: int64_t. d: double. s: text or NULL. b: blob, two arguments,
 * const void * and size_t, NULL is null. t: int64_t, DATE_NONE is null. z: int64_t, 0 is null.
 * Text and blobs are borrowed until the statement is reset.
 */

/* Run a statement to its end. */
enum status sql_run(struct store *store, const char *sql, const char *types, ...);
/* Run it to its first row; *statement is NULL when there is none, else to be read at once. */
enum status sql_row(
	struct store *store, const char *sql, sqlite3_stmt **statement, const char *types, ...);
/* The same for a row that has to be there: STATUS_NOT_FOUND where it is not. */
enum status sql_one(
	struct store *store, const char *sql, sqlite3_stmt **statement, const char *types, ...);
/* The number in its first column; 0: no row, or null. */
enum status sql_int(struct store *store, const char *sql, int64_t *value, const char *types, ...);
/* Bind the parameters; for statements with many rows, stepped with sql_next. */
enum status sql_open(
	struct store *store, const char *sql, sqlite3_stmt **statement, const char *types, ...);
/* True: there is a row. False: the end or a failure, see *status; the statement is reset. */
bool sql_next(struct store *store, sqlite3_stmt *statement, enum status *status);

/* Text of a column: NULL is NULL. Borrowed until the next step; copied. */
const char *sql_text(sqlite3_stmt *statement, int column);
char *sql_arena(sqlite3_stmt *statement, int column, struct arena *arena);
char *sql_dup(sqlite3_stmt *statement, int column);
/* Null is DATE_NONE. */
int64_t sql_time(sqlite3_stmt *statement, int column);

/* Run a script of statements. *why, where not NULL, gets the path and what failed, to be freed. */
enum status sql_script(struct store *store, const char *script, char **why);

/*
 * The words of a new item go into the full-text index when the transaction is committed; until then
 * it cannot be found by them. seq: of its arrival. The words are copied.
 */
void store_index_later(struct store *store, int64_t item_id, int64_t seq, const char *title,
	const char *text, const char *author);
/* It waits for that; its words have changed, and are taken from the store then. */
bool store_index_anew(struct store *store, int64_t item_id);
/* The number that the next arrival gets; and that one got it. */
enum status store_next_seq(struct store *store, int64_t *seq);
void store_seq_used(struct store *store, int64_t seq);

/* The files of these names, and the version that schema.sql and views.sql have. */
extern const char schema_sql[], views_sql[], migrate_2_sql[], migrate_3_sql[], migrate_4_sql[],
	migrate_5_sql[], migrate_6_sql[];
/*
 * How a file is laid out, to be said before there is anything in it. Texts of a few thousand bytes
 * leave a third of SQLite's usual pages empty, half as large ones a tenth of that.
 */
#define STORE_LAYOUT "PRAGMA page_size = 2048; PRAGMA auto_vacuum = INCREMENTAL"
enum { SCHEMA_VERSION = 6, SCHEMA_APPLICATION = 0x6469726E };

#endif
