/* Editions: intervals of arrivals, closed once. */
#ifndef DIURNA_STORE_EDITIONS_H
#define DIURNA_STORE_EDITIONS_H

#include "core/config.h"
#include "store/store.h"

struct edition_row {
	int64_t id;          /* number of the edition, from 1 */
	char *name;          /* "2026-11-22", a second one of the day "2026-11-22-2": the folder */
	int64_t from_seq;    /* arrivals above this */
	int64_t to_seq;      /* up to and with this */
	int64_t window_from; /* when the one before closed; of the first: its first arrival */
	int64_t window_to;   /* closed at */
	char *timezone;      /* IANA name in force then */
	int32_t item_count;
	int64_t published_at; /* digests are written; 0: not yet */
};

void edition_row_finish(struct edition_row *row);

/*
 * Close an edition: all arrivals since the last one, each item in one section, the facts for its
 * foot. In the caller's transaction. local_date: "2026-11-22", its day in the digest's zone.
 */
enum status edition_close(struct store *store, const struct config *config, int64_t now,
	const char *local_date, struct edition_row *row);

/* By name or date ("2026-11-22", the newest of that day); NULL: the newest. STATUS_NOT_FOUND. */
enum status edition_get(struct store *store, const char *name, struct edition_row *row);
/* All, newest first. */
enum status editions_load(struct store *store,
	void (*on_edition)(void *context, const struct edition_row *row), void *context);
/* Its digests are written whole. */
enum status edition_published(struct store *store, int64_t id, int64_t at);
/* Closed but not published, oldest first: after a crash they are rendered again. */
enum status edition_unpublished(struct store *store, struct edition_row *row);

#endif
