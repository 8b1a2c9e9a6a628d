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
	int64_t window_from; /* when the one before closed; of the first: its first arrival; the
				earliest of its sections */
	int64_t window_to;   /* closed at */
	char *timezone;      /* IANA name in force then */
	int32_t item_count;
	int64_t published_at; /* digests are written; 0: not yet */
	bool is_kept;         /* not yet too old: store/shelf.h */
};

void edition_row_finish(struct edition_row *row);

/* When a section was in an edition last. */
struct section_closing {
	int64_t id;
	const char *slug;  /* borrowed for the call */
	int64_t closed_at; /* 0: never */
};
enum status section_closings(struct store *store,
	void (*on_section)(void *context, const struct section_closing *closing), void *context);

/*
 * Close an edition of these sections: what arrived for them and is not printed yet, each item in
 * one section, the facts for its foot. sections NULL: all. In the caller's transaction.
 * local_date: "2026-11-22", its day in the digest's zone. STATUS_NOT_FOUND: nothing, and empty days
 * are not printed, or that one has an edition already and nobody's time has come; the sections
 * count as closed all the same, so the caller commits.
 */
enum status edition_close(struct store *store, const struct config *config, int64_t now,
	const char *local_date, const int64_t *sections, size_t section_count,
	struct edition_row *row);

/*
 * A fact that a rendering needs besides its items, kept with the edition as a note of that kind.
 * section_id 0: of all sections; subject NULL: none. text: the same as an English sentence.
 */
enum status edition_fact_put(struct store *store, int64_t edition_id, int64_t section_id,
	const char *kind, const char *subject, int64_t number, const char *text);

/*
 * By name or date; NULL: the newest. "2026-11-22" is the newest of that day, "2026-11-22-1" the
 * first, whose name is the date. STATUS_NOT_FOUND.
 */
enum status edition_get(struct store *store, const char *name, struct edition_row *row);
enum status edition_by_id(struct store *store, int64_t id, struct edition_row *row);
/* All, newest first. */
enum status editions_load(struct store *store,
	void (*on_edition)(void *context, const struct edition_row *row), void *context);
/* Its digests are written whole. */
enum status edition_published(struct store *store, int64_t id, int64_t at);
/* Closed but not published, oldest first: after a crash they are rendered again. */
enum status edition_unpublished(struct store *store, struct edition_row *row);

#endif
