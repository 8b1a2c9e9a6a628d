#include "cli/feed_waits.h"

#include "cli/out.h"
#include "cli/when.h"
#include "core/buf.h"
#include "core/config.h"
#include "core/date.h"
#include "core/url.h"
#include "store/store.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void __attribute__((format(printf, 2, 3))) say(const char *label, const char *format, ...)
{
	struct buf text = {0}, lines = {0};
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	out_labelled(&lines, label, 20, OUT_PLAIN, buf_text(&text));
	fputs(buf_text(&lines), stdout);
	buf_finish(&lines);
	buf_finish(&text);
}

/* Left out where it is not what decides: it is short beside the others. */
static void say_least(int64_t wait_s, int64_t interval_s, const char *why)
{
	char span[DATE_TEXT_BYTES], label[DATE_TEXT_BYTES + 16];

	if (wait_s <= interval_s)
		return;
	snprintf(label, sizeof(label), "at least %s", date_span(wait_s, span));
	say(label, "%s", why);
}

/* "02, 03, 22" of bits; with names, "Mon, Sun". */
static void put_bits(unsigned bits, int count, const char *const *names, struct buf *to)
{
	for (int i = 0; i < count; i++) {
		if (!(bits >> i & 1))
			continue;
		buf_puts(to, to->len ? ", " : "");
		if (names)
			buf_puts(to, names[i]);
		else
			buf_printf(to, "%02d", i);
	}
}

static void say_skipped(const struct feed_row *row)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	struct buf hours = {0}, names = {0};

	put_bits(row->skip_hours, 24, NULL, &hours);
	put_bits(row->skip_days, 7, days, &names);
	if (hours.len)
		say("not in some hours", "its document excludes those that begin at %s GMT",
			buf_text(&hours));
	if (names.len)
		say("not on some days", "its document excludes %s, by GMT", buf_text(&names));
	buf_finish(&hours);
	buf_finish(&names);
}

/* Its whole host, by the answer to this or another feed. */
static void say_pause(const struct app *app, const char *address, int64_t now)
{
	char until[WHEN_BYTES];
	sqlite3_stmt *row;
	bool has_row = false;
	struct url url;

	url_split(address, strlen(address), &url);
	if (store_statement(app->store, "SELECT paused_until FROM host WHERE name = lower(?1)",
		    &row) != STATUS_OK)
		return;
	sqlite3_bind_text(row, 1, url.host.data, (int)url.host.len, SQLITE_TRANSIENT);
	if (store_step(app->store, row, &has_row) != STATUS_OK || !has_row)
		return;
	if (sqlite3_column_int64(row, 0) > now)
		say("not yet",
			"its host asked to be left alone until %s; that holds for all of its feeds",
			when_local(sqlite3_column_int64(row, 0), app->config->timezone, until));
	sqlite3_reset(row);
}

void feed_waits_print(const struct app *app, const struct feed_row *row, int64_t now)
{
	const struct config_feed *settings = config_feed(app->config, row->url);
	int64_t interval_s = settings && settings->interval_s ? settings->interval_s : 0;
	char span[DATE_TEXT_BYTES], label[DATE_TEXT_BYTES + 8];

	if (row->state != FEED_ACTIVE)
		return;
	if (interval_s) {
		snprintf(label, sizeof(label), "every %s", date_span(interval_s, span));
		say(label, "interval in its feed { } says so");
	} else {
		interval_s = row->interval_s;
	}
	say_least(row->max_age_s, interval_s,
		"its server says that what it gave holds so long (max-age)");
	say_least(row->ttl_s, interval_s, "its document asks for it (ttl, sy:updatePeriod)");
	if (row->last_ok_at && !row->etag && !row->last_modified &&
		!(settings && settings->interval_s))
		say_least(app->config->blind_interval_s, interval_s,
			"its server gives nothing to ask for changes with (no ETag, no Last-Modified) "
			"and sends all of it each time; interval in its feed { } decides otherwise");
	if (row->failures > 1)
		say("ever more rarely", "it has failed %d times in a row", (int)row->failures);
	say_skipped(row);
	say_pause(app, row->fetch_url ? row->fetch_url : row->url, now);
}
