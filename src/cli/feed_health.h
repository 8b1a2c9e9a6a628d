/* How a feed does, in a word and a phrase: what feeds and health tell alike. */
#ifndef DIURNA_CLI_FEED_HEALTH_H
#define DIURNA_CLI_FEED_HEALTH_H

#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The columns of SELECT_FEEDS, in this order. */
enum {
	COL_ID,
	COL_URL,
	COL_TITLE,
	COL_SECTION,
	COL_STATE,
	COL_OUTCOME,
	COL_STATUS,
	COL_ERROR,
	COL_LAST_POLL,
	COL_LAST_OK,
	COL_LAST_NEW,
	COL_NEXT,
	COL_FAILING,
	COL_FAILURES,
	COL_INTERVAL,
	COL_WEEK,
	COL_ITEMS,
	COL_POLLS,
	COL_BYTES,
	COL_QUALITY,
	COL_FETCH_URL,
	COL_MOVED_TO,
	COL_GAP,
	COL_GAP_REASON,
	COL_GAPS,
	COL_HUB,
	COL_PUSH_UNTIL,
};

#define SELECT_FEEDS                                                                                                   \
	"SELECT id, url, title, section, state, outcome, http_status, error, last_poll_at, "                           \
	"last_ok_at, last_new_at, next_at, failing_since_at, failures, interval_s, entries_week, "                     \
	"items, polls, bytes, quality, fetch_url, moved_to, gap_at, gap_reason, gaps, hub, push_until_at FROM v_feed " \
	"ORDER BY section IS NULL, section, title COLLATE NOCASE, id"

/* "ok", "new", "failing", "silent", "gone", "unsubscribed": stable, for scripts. */
const char *feed_health(sqlite3_stmt *row, int64_t now);
/* "for 3 d: HTTP 404"; "" where there is nothing to tell. */
void feed_trouble(sqlite3_stmt *row, int64_t now, char *to, size_t space);
/*
 * What somebody could do about it; NULL: nothing, or it is too early to say. A server that is down
 * for a day comes back by itself; a refusal, a page instead of a feed, a challenge do not.
 */
const char *feed_advice(sqlite3_stmt *row, int64_t now);

#endif
