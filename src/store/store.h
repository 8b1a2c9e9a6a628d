/*
 * The store: one SQLite file. One process writes (the daemon, on its store thread); any number
 * read. Functions of this layer take an open store and run inside the caller's transaction; they
 * log nothing but what only they know, and return a status.
 */
#ifndef DIURNA_STORE_STORE_H
#define DIURNA_STORE_STORE_H

#include "core/status.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum store_mode {
	STORE_READ,  /* for the command; the file must exist */
	STORE_MARK,  /* as STORE_READ, and short transactions beside the daemon: a reader's marks */
	STORE_WRITE, /* for the daemon: created or migrated as needed, and locked against a second
			one */
};

struct store;

/*
 * Open the store at path. STATUS_NOT_FOUND: no file, and mode is not STORE_WRITE. STATUS_BUSY:
 * another daemon writes it. STATUS_NEWER: made by a newer version, left alone. STATUS_OLDER: made
 * by an older version and mode is not STORE_WRITE; the writer brings it forward. STATUS_CORRUPT:
 * not a store of ours or damaged. STATUS_IO: cannot be opened. *why, where not NULL, gets a
 * sentence for people, to be freed.
 */
enum status store_open(const char *path, enum store_mode mode, struct store **store, char **why);
void store_close(struct store *store);

/*
 * The lock that a writer holds, on the file itself, which is made where there is none. *fd is to be
 * closed, also after a failure (-1: it is not open), but not before what this process has open of
 * the same store: that would lose SQLite's locks. STATUS_BUSY: somebody has it.
 */
enum status store_lock(const char *path, int *fd, char **why);
/* Where its file is; lives as long as the store. */
const char *store_path(const struct store *store);
/* From now on do not wait long for what others have locked. From any thread. */
void store_hurry(struct store *store);

/* The handle, for statements of one's own and for threads' interrupts. */
sqlite3 *store_db(struct store *store);

/*
 * For the writer, between transactions. Durable ones are on disk once they are committed, and all
 * before them; of others a power failure may take back the last, and the store is whole.
 */
enum status store_set_durable(struct store *store, bool is_durable);
enum status store_begin(struct store *store);
/*
 * Within a transaction: what is done until store_savepoint_end is undone by it, unless kept. They
 * do not nest.
 */
enum status store_savepoint(struct store *store);
enum status store_savepoint_end(struct store *store, bool keep);
/* The same view for all that is read until store_commit; readers only. */
enum status store_begin_read(struct store *store);
enum status store_commit(struct store *store);
void store_rollback(struct store *store);

/*
 * A prepared statement for constant SQL, kept for the next time, reset and unbound. sql must be a
 * string literal: statements are found by its address.
 */
enum status store_statement(struct store *store, const char *sql, sqlite3_stmt **statement);
/* sqlite3_step as a status: STATUS_OK for SQLITE_DONE and SQLITE_ROW; *has_row tells which. */
enum status store_step(struct store *store, sqlite3_stmt *statement, bool *has_row);
/* What SQLite said last, safe for the log and terminals: it may name what is in a damaged file. */
const char *store_error(struct store *store);

/*
 * Who wants to know how far long work is: its name ("checking") and the share, 0 to 1, some hundred
 * times a second. An estimate; it never goes back.
 */
struct store_watch {
	void (*on_share)(void *context, const char *what, double share);
	void *context;
};

/* What the command's `check --store` says. Lines for people through on_line. watch may be NULL. */
enum status store_check(struct store *store, const struct store_watch *watch,
	void (*on_line)(void *context, const char *line), void *context);
/* A consistent copy of the store at path while others work. watch may be NULL. */
enum status store_backup(struct store *store, const char *path, const struct store_watch *watch);

/* A number or text that the daemon keeps between runs. *value: to be freed, NULL: not there. */
enum status store_setting_get(struct store *store, const char *name, char **value);
enum status store_setting_set(struct store *store, const char *name, const char *value);

#endif
