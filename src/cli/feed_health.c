#include "cli/feed_health.h"

#include "cli/when.h"
#include "core/date.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdio.h>
#include <string.h>

enum {
	DAY_S = 86400,
	/* Nothing new for so long, and for ten times its usual distance, is silence. */
	SILENT_S = 30 * DAY_S,
	SILENT_FACTOR = 10,
	PATIENCE_S = 3 * DAY_S,  /* what may pass by itself has so long */
	GAP_TOLD_S = 14 * DAY_S, /* a gap is told for so long */
	GAPS_MANY = 3,           /* so many come again */
};

static const char *text_of(sqlite3_stmt *row, int column)
{
	return (const char *)sqlite3_column_text(row, column);
}

/* How many times its usual distance nothing new has come; 0: it is not silent. */
static double silence(sqlite3_stmt *row, int64_t now)
{
	double week = sqlite3_column_double(row, COL_WEEK), times;
	int64_t last = sqlite3_column_int64(row, COL_LAST_NEW);

	if (last == 0 || sqlite3_column_int64(row, COL_FAILING) || now - last < SILENT_S)
		return 0;
	times = week > 0 ? (double)(now - last) * week / (7 * DAY_S) : SILENT_FACTOR + 1;
	return times > SILENT_FACTOR ? times : 0;
}

/* Entries came and went between two polls, not long ago. */
static bool has_gap(sqlite3_stmt *row, int64_t now)
{
	int64_t at = sqlite3_column_int64(row, COL_GAP);

	return at > 0 && now - at < GAP_TOLD_S;
}

const char *feed_health(sqlite3_stmt *row, int64_t now)
{
	const char *state = text_of(row, COL_STATE);

	if (!str_eq(state, "active"))
		return state;
	if (sqlite3_column_int64(row, COL_LAST_POLL) == 0)
		return "new";
	if (sqlite3_column_int64(row, COL_FAILING))
		return "failing";
	if (sqlite3_column_int64(row, COL_LAST_OK) == 0)
		return "new"; /* its host was left alone */
	return silence(row, now) > 0 ? "silent" : "ok";
}

void feed_trouble(sqlite3_stmt *row, int64_t now, char *to, size_t space)
{
	const char *error = text_of(row, COL_ERROR), *outcome = text_of(row, COL_OUTCOME);
	const char *health = feed_health(row, now), *fetch_url = text_of(row, COL_FETCH_URL);
	int64_t failing_since = sqlite3_column_int64(row, COL_FAILING);
	int status = sqlite3_column_int(row, COL_STATUS);
	char span[WHEN_BYTES], since[WHEN_BYTES + 8] = "";

	to[0] = '\0';
	if (str_eq(health, "gone")) {
		snprintf(to, space, "gone for good, as its server says");
	} else if (failing_since) {
		if (now - failing_since >= 60)
			snprintf(since, sizeof(since),
				"for %s: ", date_span(now - failing_since, span));
		if (!str_is_empty(error))
			snprintf(to, space, "%s%s", since, error);
		else if (str_eq(outcome, "http-error") && status)
			snprintf(to, space, "%sHTTP %d", since, status);
		else
			snprintf(to, space, "%s%s", since, outcome);
	} else if (str_eq(health, "silent")) {
		date_span(now - sqlite3_column_int64(row, COL_LAST_NEW), span);
		if (sqlite3_column_double(row, COL_WEEK) > 0)
			snprintf(to, space, "nothing new for %s, %.0f times its usual distance",
				span, silence(row, now));
		else
			snprintf(to, space, "nothing new for %s", span);
	} else if (str_eq(outcome, "limited") && status == 0) {
		snprintf(to, space, "not asked: its host wants to be left alone for now");
	} else if (has_gap(row, now)) {
		snprintf(to, space, "entries may be missing, seen %s: %s",
			when_ago(sqlite3_column_int64(row, COL_GAP), now, span),
			text_of(row, COL_GAP_REASON));
	} else if (fetch_url && !str_eq(fetch_url, text_of(row, COL_URL))) {
		snprintf(to, space, "moved to %s", fetch_url);
	} else if (!str_is_empty(text_of(row, COL_MOVED_TO))) {
		snprintf(to, space, "seems to move to %s", text_of(row, COL_MOVED_TO));
	}
}

const char *feed_advice(sqlite3_stmt *row, int64_t now)
{
	static const struct {
		const char *outcome, *advice;
		bool passes;          /* it may, by itself */
		const char *in_error; /* only where this is said; NULL: else */
	} rows[] = {
		{"challenge",
			"its server wants to see a browser: ask it to let feed readers through",
			true, NULL},
		{"connect-error", "its server does not work: does the site still exist?", true,
			NULL},
		{"dns-error", "its name is not known any more: does the site still exist?", true,
			NULL},
		{"http-error", "look for its new address: diurna subscribe SITE", true, NULL},
		{"limited", "its server wants to be asked less: set an interval for it", true,
			NULL},
		{"not-a-feed",
			"there is a page where the feed was: diurna subscribe SITE finds another",
			true, NULL},
		{"parser-failed", "it cannot be read: diurna parse shows why", true, NULL},
		{"redirect-error",
			"it leads from https to http, which anybody on the way may have written: "
			"if it is meant, subscribe to the http address",
			true, "from https to http"},
		{"redirect-error", "it leads nowhere: look for its new address", true, NULL},
		{"refused",
			"it leads to no address of the web: open it in a browser, and subscribe to "
			"where that ends",
			false, "a scheme that is not ours"},
		{"refused",
			"it leads where we do not go; for a network of your own see network.allow in diurna.conf(5)",
			false, NULL},
		{"timeout", "its server is too slow: does the site still exist?", true, NULL},
		{"tls-error", "its certificate is not good: tell its owner", true, NULL},
		{"too-large", "it is larger than we take: tell its owner", false, NULL},
		{"transfer-error", "its server breaks off: tell its owner", true, NULL},
	};
	const char *health = feed_health(row, now), *outcome = text_of(row, COL_OUTCOME);
	const char *error = text_of(row, COL_ERROR);
	int64_t failing_since = sqlite3_column_int64(row, COL_FAILING);
	int status = sqlite3_column_int(row, COL_STATUS);

	if (str_eq(health, "gone"))
		return "take it from your list: diurna unsubscribe URL";
	if (str_eq(health, "silent"))
		return "look whether its site goes on, perhaps with another feed";
	if (!failing_since && has_gap(row, now) && sqlite3_column_int(row, COL_GAPS) >= GAPS_MANY)
		return "it brings more than it lists: set a shorter interval for it";
	if (!failing_since)
		return NULL;
	if (str_eq(outcome, "http-error") && (status == 401 || status == 403))
		return "it wants a login: user and password-file in diurna.conf(5)";
	if (str_eq(outcome, "http-error") && status >= 500)
		outcome = "connect-error";
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq(rows[i].outcome, outcome) &&
			(!rows[i].in_error || (error && strstr(error, rows[i].in_error))))
			return rows[i].passes && now - failing_since < PATIENCE_S ? NULL
										  : rows[i].advice;
	return NULL;
}
