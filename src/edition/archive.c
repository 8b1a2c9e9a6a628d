/* The page of all editions: newest first, their volume, and how the feeds do. */
#include "core/date.h"
#include "core/mem.h"
#include "core/str.h"
#include "edition/page.h"
#include "edition/render.h"
#include "edition/week.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	OPEN_MONTHS = 2, /* of the list; older ones unfold */
	FEEDS = 1000,    /* that the page shows, failing ones first */
	WEEKS = 26,      /* of the calendar */
	CELL = 10,
	STEP = 12, /* of its squares, in units of the drawing */
	HEAD = 12, /* for the names of the months */
	SPARK_WEEKS = 12,
	SHADES = 4,
	WEEK_S = 7 * 24 * 3600,
};

struct past {
	char name[32];
	int items;
	bool is_kept; /* its digests are there */
};

/* How many items a feed brought: in the last seven days, in the seven before, ... */
struct rhythm {
	int64_t feed_id; /* first, for bsearch */
	int weeks[SPARK_WEEKS];
};

struct archive {
	struct store *store;
	const struct config *config;
	const struct words *words;
	struct past *editions; /* newest first */
	size_t count, space;
	struct rhythm *rhythms; /* by feed */
	size_t rhythm_count, rhythm_space;
	int64_t now; /* when the newest closed: the page depends on the store alone */
};

static void on_edition(void *context, const struct edition_row *row)
{
	struct archive *a = context;

	ARRAY_GROW(a->editions, a->count, a->space);
	snprintf(a->editions[a->count].name, sizeof(a->editions[0].name), "%s", row->name);
	a->editions[a->count].is_kept = row->is_kept;
	a->editions[a->count++].items = row->item_count;
	if (row->window_to > a->now)
		a->now = row->window_to;
}

static int compare_rhythm(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static enum status read_rhythms(struct archive *a)
{
	static const char sql[] =
		"SELECT feed_id, (?1 - first_seen_at) / ?2 AS week, count(*) FROM item"
		" WHERE first_seen_at > ?1 - ?2 * ?3 AND first_seen_at <= ?1"
		" GROUP BY feed_id, week ORDER BY feed_id";
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(a->store, sql, &s);
	bool has_row = false;

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(s, 1, a->now);
	sqlite3_bind_int(s, 2, WEEK_S);
	sqlite3_bind_int(s, 3, SPARK_WEEKS);
	while ((status = store_step(a->store, s, &has_row)) == STATUS_OK && has_row) {
		int64_t id = sqlite3_column_int64(s, 0);
		int week = sqlite3_column_int(s, 1);

		if (a->rhythm_count == 0 || a->rhythms[a->rhythm_count - 1].feed_id != id) {
			ARRAY_GROW(a->rhythms, a->rhythm_count, a->rhythm_space);
			memset(&a->rhythms[a->rhythm_count], 0, sizeof(*a->rhythms));
			a->rhythms[a->rhythm_count++].feed_id = id;
		}
		if (week >= 0 && week < SPARK_WEEKS)
			a->rhythms[a->rhythm_count - 1].weeks[week] = sqlite3_column_int(s, 2);
	}
	sqlite3_reset(s);
	return status;
}

static int64_t day_of(const char *name)
{
	int year, month, day;

	return sscanf(name, "%4d-%2d-%2d", &year, &month, &day) == 3 ? date_days(year, month, day)
								     : INT64_MIN;
}

/* The name of a month above the first week that begins in it, where the next is far enough. */
static void put_months(const struct archive *a, int64_t first, int64_t last, struct buf *to)
{
	int week, free_from = 0, shown = 0;

	for (week = 0; week < WEEKS && first + week * 7 <= last; week++) {
		struct buf name = {0};
		int year, month, day;

		date_from_days(first + week * 7, &year, &month, &day);
		if (month != shown && day <= 7 && week >= free_from && week + 3 < WEEKS) {
			words_month_name(a->words, month, &name);
			buf_printf(to, "<text x=\"%d\" y=\"8\">%s</text>\n", week * STEP,
				buf_text(&name));
			free_from = week + 4;
		}
		shown = month;
		buf_finish(&name);
	}
}

static int compare_counts(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

/*
 * The count that gets the strongest colour: that of a full day, nine tenths of the others being no
 * fuller. The first day of a newspaper may have ten times as many, and would leave all others pale.
 */
static int full_day(const int counts[WEEKS * 7])
{
	int sorted[WEEKS * 7], n = 0, i;

	for (i = 0; i < WEEKS * 7; i++)
		if (counts[i] > 0)
			sorted[n++] = counts[i];
	if (n == 0)
		return 1;
	qsort(sorted, (size_t)n, sizeof(*sorted), compare_counts);
	return sorted[(n * 9 - 1) / 10];
}

/* A day, linked to its edition while that is there. */
static void put_square(const struct archive *a, int64_t first, int d, int count, int most,
	const char *name, struct buf *to)
{
	int shade = count ? 1 + (SHADES - 1) * (count < most ? count : most) / most : 0;
	int year, month, day;

	date_from_days(first + d, &year, &month, &day);
	if (name)
		buf_printf(to, "<a href=\"%s/index.html\" tabindex=\"-1\">", name);
	buf_printf(to,
		"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"1\"%s fill-opacity="
		"\"%.2f\"><title>",
		d / 7 * STEP, HEAD + d % 7 * STEP, CELL, CELL, shade ? "" : " class=\"none\"",
		shade ? (double)shade / SHADES : 1.0);
	words_date(a->words, year, month, day, to);
	buf_puts(to, words_colon(a->words));
	words_count(a->words, COUNTED_ARTICLES, count, to);
	buf_printf(to, "</title></rect>%s\n", name ? "</a>" : "");
}

/* A square a day, a column a week; the fuller the day, the stronger its colour. */
static void put_calendar(const struct archive *a, struct buf *to)
{
	const char *names[WEEKS * 7] = {NULL};
	int counts[WEEKS * 7] = {0}, most;
	int64_t last, first;
	size_t i;
	int d;

	if (a->count == 0)
		return;
	last = day_of(a->editions[0].name);
	first = last - ((last % 7 + 10) % 7) - (WEEKS - 1) * 7; /* a Monday */
	for (i = 0; i < a->count; i++) {
		int64_t at = day_of(a->editions[i].name) - first;

		if (at < 0 || at >= WEEKS * 7)
			continue;
		counts[at] += a->editions[i].items;
		if (!names[at] && a->editions[i].is_kept) /* the last of the day */
			names[at] = a->editions[i].name;
	}
	most = full_day(counts);
	/* The list below says the same to those who do not see it. */
	buf_puts(to, "<figure class=\"volume\"><figcaption>");
	buf_put_escaped(to, words_get(a->words, WORD_VOLUME));
	buf_printf(to,
		"</figcaption>\n<svg class=\"calendar\" viewBox=\"0 0 %d %d\" aria-hidden=\"true\">\n",
		WEEKS * STEP - (STEP - CELL), HEAD + 7 * STEP - (STEP - CELL));
	put_months(a, first, last, to);
	for (d = 0; d <= last - first; d++)
		put_square(a, first, d, counts[d], most, names[d], to);
	buf_puts(to, "</svg></figure>\n");
}

/* The month of an edition, above its list: open at first, then folded, for years have many days. */
static void put_month(const struct archive *a, const char *name, size_t index, struct buf *to)
{
	int y, m, d;

	if (sscanf(name, "%4d-%2d-%2d", &y, &m, &d) != 3 || m < 1 || m > 12)
		y = 1970, m = 1;
	buf_puts(to, index < OPEN_MONTHS ? "<h2>" : "<details><summary><h2>");
	words_month(a->words, y, m, to);
	buf_puts(to, index < OPEN_MONTHS ? "</h2>\n" : "</h2></summary>\n");
	buf_puts(to, "<ul class=\"editions\">\n");
}

static void end_month(size_t index, struct buf *to)
{
	buf_puts(to, index < OPEN_MONTHS ? "</ul>\n" : "</ul></details>\n");
}

/* The page of a week is there, and stays while all that it leads to does. */
static bool has_week(const struct archive *a, size_t newest, const char *name)
{
	char *path = xasprintf("%s/" WEEKS_FOLDER "/%s.html", a->config->digest_dir, name);
	bool has = access(path, F_OK) == 0;
	char other[WEEK_NAME_BYTES];
	size_t i;

	for (i = newest; has && i < a->count && week_of(a->editions[i].name, other, NULL, NULL) &&
			 str_eq(other, name);
		i++)
		has = a->editions[i].is_kept;
	free(path);
	return has;
}

/* Above the first of its editions: the way to the page of the week. last: the week before it. */
static void put_week(const struct archive *a, size_t i, char last[WEEK_NAME_BYTES], struct buf *to)
{
	char name[WEEK_NAME_BYTES], number[16];
	struct buf href = {0};

	if (!week_of(a->editions[i].name, name, NULL, NULL) || str_eq(name, last))
		return;
	memcpy(last, name, sizeof(name));
	if (!has_week(a, i, name))
		return;
	buf_printf(&href, WEEKS_FOLDER "/%s.html", name);
	snprintf(number, sizeof(number), "%d", atoi(strchr(name, 'W') + 1));
	buf_puts(to, "<li class=\"week\">");
	put_link(buf_text(&href), words_get(a->words, WORD_WEEK), "", to);
	buf_puts(to, " <span class=\"from\">");
	words_put(a->words, WORD_EDITION, number, to);
	buf_puts(to, "</span></li>\n");
	buf_finish(&href);
}

static void put_editions(const struct archive *a, struct buf *to)
{
	char week[WEEK_NAME_BYTES] = "";
	const char *month = "";
	struct buf text = {0};
	size_t i, months = 0;

	for (i = 0; i < a->count; i++) {
		const char *name = a->editions[i].name;

		if (!a->editions[i].is_kept)
			continue;
		if (strncmp(month, name, 7) != 0) {
			if (*month)
				end_month(months - 1, to);
			month = name;
			put_month(a, name, months++, to);
		}
		put_week(a, i, week, to);
		buf_clear(&text);
		words_iso_date(a->words, name, &text);
		if (strlen(name) > 11) /* "2026-11-22-2" */
			buf_printf(&text, " (%s)", name + 11);
		buf_printf(to, "<li><a href=\"%s/index.html\">%s</a> <span class=\"from\">", name,
			buf_text(&text));
		words_count(a->words, COUNTED_ARTICLES, a->editions[i].items, to);
		buf_puts(to, "</span></li>\n");
	}
	if (*month)
		end_month(months - 1, to);
	buf_finish(&text);
}

/* "21 November", with its year where that is not the one of the last edition. */
static void put_day(const struct archive *a, int64_t at, struct buf *to)
{
	if (at > 0)
		words_day_of(
			a->words, a->config->timezone, at, a->count ? a->editions[0].name : "", to);
	else
		buf_puts(to, "\xE2\x80\x93");
}

/* What a feed brought in each of the last weeks, as bars. */
static void put_spark(const struct archive *a, int64_t feed_id, struct buf *to)
{
	const struct rhythm *rhythm =
		bsearch(&feed_id, a->rhythms, a->rhythm_count, sizeof(*a->rhythms), compare_rhythm);
	int week, most = 1;

	if (!rhythm)
		return;
	for (week = 0; week < SPARK_WEEKS; week++)
		most = rhythm->weeks[week] > most ? rhythm->weeks[week] : most;
	buf_printf(to, "<svg class=\"spark\" viewBox=\"0 0 %d 12\" aria-hidden=\"true\">",
		SPARK_WEEKS * 4 - 1);
	for (week = 0; week < SPARK_WEEKS; week++) {
		int height = (rhythm->weeks[week] * 12 + most - 1) / most;

		if (height > 0)
			buf_printf(to, "<rect x=\"%d\" y=\"%d\" width=\"3\" height=\"%d\"/>",
				(SPARK_WEEKS - 1 - week) * 4, 12 - height, height);
	}
	buf_puts(to, "</svg> ");
}

static void put_feed(const struct archive *a, sqlite3_stmt *s, struct buf *to)
{
	const char *url = (const char *)sqlite3_column_text(s, 1);
	const char *title = (const char *)sqlite3_column_text(s, 0);
	const char *error = (const char *)sqlite3_column_text(s, 4);
	int64_t failing_since = sqlite3_column_int64(s, 3);
	struct buf since = {0}, why = {0};

	buf_puts(to, "<tr><td dir=\"auto\">");
	put_link(url, str_is_empty(title) ? url : title, "", to);
	buf_puts(to, "</td><td");
	if (failing_since > 0) {
		put_day(a, failing_since, &since);
		buf_puts(to, " class=\"bad\">");
		words_put(a->words, WORD_STATE_FAILING, buf_text(&since), to);
		if (!str_is_empty(error)) {
			words_reason(a->words, error, &why);
			buf_puts(to, words_colon(a->words));
			buf_put_escaped(to, buf_text(&why));
		}
	} else {
		buf_putc(to, '>');
		buf_puts(to, words_get(a->words, WORD_STATE_OK));
	}
	buf_puts(to, "</td><td>");
	put_day(a, sqlite3_column_int64(s, 2), to);
	buf_puts(to, "</td><td>");
	put_spark(a, sqlite3_column_int64(s, 6), to);
	buf_printf(to, "%.0f</td></tr>\n", sqlite3_column_double(s, 5));
	buf_finish(&since);
	buf_finish(&why);
}

static enum status put_feeds(const struct archive *a, struct buf *to)
{
	static const char sql[] =
		"SELECT coalesce(name, title), url, last_new_at, failing_since, error, entries_week, id FROM feed"
		" WHERE state = 'active'"
		" ORDER BY failing_since > 0 DESC, coalesce(name, title) COLLATE NOCASE, url LIMIT ?1";
	static const enum word heads[] = {WORD_FEED, WORD_STATE, WORD_LAST_NEW, WORD_RHYTHM};
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(a->store, sql, &s);
	bool has_row = false;
	size_t i;

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int(s, 1, FEEDS);
	buf_printf(to,
		"<h2 id=\"feeds\">%s</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-labelledby=\"feeds\"><table>\n<thead><tr>",
		words_get(a->words, WORD_FEEDS));
	for (i = 0; i < ARRAY_LEN(heads); i++)
		buf_printf(to, "<th scope=\"col\">%s</th>", words_get(a->words, heads[i]));
	buf_puts(to, "</tr></thead>\n<tbody>\n");
	while ((status = store_step(a->store, s, &has_row)) == STATUS_OK && has_row)
		put_feed(a, s, to);
	sqlite3_reset(s);
	buf_puts(to, "</tbody>\n</table></div>\n");
	return status;
}

enum status render_archive(FILE *to, struct store *store, const struct config *config)
{
	struct archive a = {store, config, words_find(config->language), NULL, 0, 0, NULL, 0, 0, 0};
	struct page page = {.words = a.words, .title = config->name, .skip_to = "editions"};
	struct buf out = {0};
	enum status status = editions_load(store, on_edition, &a);

	if (status == STATUS_OK)
		status = read_rhythms(&a);
	page_open(&page, &out);
	buf_puts(&out, "<header class=\"masthead\">\n<h1 dir=\"auto\">");
	buf_put_escaped(&out, config->name);
	buf_puts(&out, "</h1>\n<p class=\"dateline\"><span>");
	buf_puts(&out, words_get(a.words, WORD_ALL_EDITIONS));
	buf_puts(&out, "</span> <span>");
	put_link("#feeds", words_get(a.words, WORD_FEEDS), "", &out);
	buf_puts(&out, "</span> <span>");
	put_link("latest/index.html", words_get(a.words, WORD_LATEST), "", &out);
	buf_puts(&out, "</span></p>\n</header>\n<main class=\"plain\" id=\"editions\">\n");
	put_calendar(&a, &out);
	put_editions(&a, &out);
	if (status == STATUS_OK)
		status = put_feeds(&a, &out);
	buf_puts(&out, "</main>\n");
	page_close(&out);
	free(a.editions);
	free(a.rhythms);
	if (status != STATUS_OK) {
		buf_finish(&out);
		return status;
	}
	return render_write(to, &out);
}
