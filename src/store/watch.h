/* Long work on a store says how far it is. For the files of this layer only. */
#ifndef DIURNA_STORE_WATCH_H
#define DIURNA_STORE_WATCH_H

#include "store/store.h"

/* One piece of work, made of steps whose statements run on db; on the stack of who does it. */
struct watching {
	const struct store_watch *watch; /* NULL: nobody wants to know */
	sqlite3 *db;                     /* NULL: the work tells by itself */
	const char *what;
	double from, to;       /* of the whole, at the beginning and the end of this step */
	double done, expected; /* steps of SQLite's machine; expected 0: not known */
};

void watch_begin(
	struct watching *watching, const struct store_watch *watch, sqlite3 *db, const char *what);
/* The next step, until which share of the whole, and how many steps of the machine it may take. */
void watch_step(struct watching *watching, double to, double expected);
/* For work that knows better. */
void watch_tell(const struct watching *watching, double share);
void watch_end(struct watching *watching);

#endif
