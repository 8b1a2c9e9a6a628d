/*
 * Golden files: tests/parse/feeds/NAME beside NAME.want, and small documents in tests/parse/cases.
 * test_feed --write writes anew what must come of them, for people to read before they commit it.
 */
#include "core/date.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/str.h"
#include "parse/charset.h"
#include "parse/feed.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *folder(void)
{
	static char path[4096];
	const char *top = getenv("DIURNA_TEST_DIR");

	snprintf(path, sizeof(path), "%s/parse/feeds", top ? top : "tests");
	return path;
}

static bool read_file(const char *path, struct buf *to)
{
	FILE *file = fopen(path, "rbe");
	size_t n;

	if (!file)
		return false;
	do {
		n = fread(buf_reserve(to, 4096), 1, 4096, file);
		buf_added(to, n);
	} while (n > 0);
	fclose(file);
	return true;
}

static void put(struct buf *to, const char *indent, const char *name, const char *value)
{
	if (value)
		buf_printf(to, "%s%s: %s\n", indent, name, value);
}

static void put_date(struct buf *to, const char *indent, const char *name, int64_t time_s)
{
	char text[DATE_TEXT_BYTES];

	if (time_s != DATE_NONE)
		put(to, indent, name, date_format(time_s, text));
}

static void put_number(struct buf *to, const char *name, int64_t value)
{
	if (value != 0)
		buf_printf(to, "%s: %lld\n", name, (long long)value);
}

static void put_authors(
	struct buf *to, const char *indent, const struct doc_author *authors, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		buf_printf(to, "%sauthor: %s | %s | %s\n", indent,
			authors[i].name ? authors[i].name : "",
			authors[i].email ? authors[i].email : "",
			authors[i].url ? authors[i].url : "");
}

static const char *or_none(const char *text)
{
	return text ? text : "";
}

static void put_categories(struct buf *to, const char *indent, const char *const *names,
	size_t count, const struct doc_category *details, size_t detail_count)
{
	size_t i;

	for (i = 0; i < count; i++)
		put(to, indent, "category", names[i]);
	for (i = 0; i < detail_count; i++)
		buf_printf(to, "%scategory detail: %s | %s | %s\n", indent, details[i].name,
			or_none(details[i].label), or_none(details[i].scheme));
}

static void put_credits(
	struct buf *to, const char *indent, const struct doc_credit *credits, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		buf_printf(to, "%scredit: %s | %s | %s\n", indent, credits[i].name,
			or_none(credits[i].role), or_none(credits[i].url));
}

static void put_enclosure(struct buf *to, const struct doc_enclosure *e)
{
	buf_printf(to, "  enclosure: %s | %s | %lld\n", e->url, or_none(e->type),
		(long long)e->length);
	put(to, "    ", "title", e->title);
	put(to, "    ", "medium", e->medium);
	put(to, "    ", "language", e->language);
	put_number(to, "    duration", e->duration_s);
	if (e->width || e->height)
		buf_printf(to, "    size: %u x %u\n", e->width, e->height);
	put_number(to, "    group", e->group);
	put_number(to, "    default", e->is_default);
}

static void put_entry_lists(struct buf *to, const struct feed_entry *entry)
{
	size_t i;

	put_authors(to, "  ", entry->authors, entry->author_count);
	put_categories(to, "  ", entry->categories, entry->category_count, entry->category_details,
		entry->category_detail_count);
	for (i = 0; i < entry->enclosure_count; i++)
		put_enclosure(to, &entry->enclosures[i]);
	for (i = 0; i < entry->image_count; i++)
		buf_printf(to, "  picture: %s | %u x %u\n", entry->images[i].url,
			entry->images[i].width, entry->images[i].height);
	put_credits(to, "  ", entry->credits, entry->credit_count);
	for (i = 0; i < entry->transcript_count; i++)
		buf_printf(to, "  transcript: %s | %s | %s\n", entry->transcripts[i].url,
			or_none(entry->transcripts[i].type),
			or_none(entry->transcripts[i].language));
}

static void put_entry(struct buf *to, const struct feed_entry *entry)
{
	buf_puts(to, "entry\n");
	put(to, "  ", "id", entry->id);
	put(to, "  ", "url", entry->url);
	put(to, "  ", "title", entry->title);
	put(to, "  ", "summary", entry->summary);
	put(to, "  ", "content", entry->content);
	put(to, "  ", "content url", entry->content_url);
	put_date(to, "  ", "published", entry->published);
	put_date(to, "  ", "updated", entry->updated);
	put_entry_lists(to, entry);
	put(to, "  ", "comments", entry->comments);
	put(to, "  ", "comments feed", entry->comments_feed);
	if (entry->comment_count >= 0)
		buf_printf(to, "  comment count: %lld\n", (long long)entry->comment_count);
	put(to, "  ", "image", entry->image);
	put(to, "  ", "language", entry->language);
	put(to, "  ", "source", entry->source_title);
	put(to, "  ", "source url", entry->source_url);
	put(to, "  ", "reply to", entry->reply_to);
	put(to, "  ", "reply to url", entry->reply_to_url);
	put(to, "  ", "rights", entry->rights);
	put(to, "  ", "license", entry->license);
	put_number(to, "  duration", entry->duration_s);
	put(to, "  ", "season", entry->season);
	put(to, "  ", "episode", entry->episode);
	put(to, "  ", "chapters", entry->chapters);
}

static void put_schedule(struct buf *to, const struct feed_doc *doc)
{
	put(to, "", "hub", doc->hub);
	put(to, "", "next", doc->next);
	put(to, "", "previous archive", doc->prev_archive);
	put(to, "", "current", doc->current);
	put(to, "", "new url", doc->new_url);
	put_number(to, "complete", doc->is_complete);
	put_number(to, "archive", doc->is_archive);
	put_number(to, "finished", doc->is_finished);
	put_number(to, "ttl", doc->ttl_min);
	put_number(to, "update period", doc->update_period_s);
	put_date(to, "", "update base", doc->update_base);
	put_number(to, "skip hours", doc->skip_hours);
	put_number(to, "skip days", doc->skip_days);
}

static void put_feed(struct buf *to, const struct feed_doc *doc)
{
	size_t i;

	put(to, "", "format", doc->format);
	put(to, "", "encoding", doc->encoding);
	put(to, "", "id", doc->id);
	put(to, "", "title", doc->title);
	put(to, "", "url", doc->url);
	put(to, "", "self", doc->self);
	put(to, "", "description", doc->description);
	put(to, "", "language", doc->language);
	put_date(to, "", "updated", doc->updated);
	put(to, "", "image", doc->image);
	put(to, "", "icon", doc->icon);
	put_schedule(to, doc);
	put_authors(to, "", doc->authors, doc->author_count);
	put_categories(to, "", doc->categories, doc->category_count, doc->category_details,
		doc->category_detail_count);
	put_credits(to, "", doc->credits, doc->credit_count);
	put(to, "", "rights", doc->rights);
	put(to, "", "license", doc->license);
	put(to, "", "generator", doc->generator);
	put(to, "", "funding", doc->funding);
	for (i = 0; i < doc->entry_count; i++)
		put_entry(to, &doc->entries[i]);
	for (i = 0; i < doc->warning_count; i++)
		put(to, "", "warning", doc->warnings[i]);
}

static void read_document(const struct buf *body, const char *base, struct buf *to)
{
	struct feed_doc doc;
	const char *why = NULL;

	feed_doc_init(&doc);
	if (feed_parse(buf_text(body), body->len, NULL, base, &doc, &why) == STATUS_OK)
		put_feed(to, &doc);
	else
		put(to, "", "no feed", why);
	feed_doc_finish(&doc);
}

static void read_feed(const char *path, struct buf *to)
{
	struct buf body = {0};

	assert_true(read_file(path, &body));
	read_document(&body, "https://base.example/feeds/f.xml", to);
	buf_finish(&body);
}

static int is_document(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && !str_ends(entry->d_name, ".want");
}

static void write_want(const char *path, const struct buf *got)
{
	FILE *file = fopen(path, "wbe");

	if (!file)
		fail_msg("%s cannot be written", path);
	fwrite(buf_text(got), 1, got->len, file);
	fclose(file);
}

static bool is_writing;

static void reads_golden_feeds(void **state)
{
	struct dirent **names;
	char path[8192];
	int n = scandir(folder(), &names, is_document, alphasort), i;

	(void)state;
	assert_true(n > 10);
	for (i = 0; i < n; i++) {
		struct buf got = {0}, want = {0};

		snprintf(path, sizeof(path), "%s/%s", folder(), names[i]->d_name);
		read_feed(path, &got);
		strcat(path, ".want");
		if (is_writing)
			write_want(path, &got);
		else if (!read_file(path, &want) || !str_eq(buf_text(&want), buf_text(&got)))
			fail_msg("%s: got\n%s", names[i]->d_name, buf_text(&got));
		buf_finish(&got);
		buf_finish(&want);
		free(names[i]);
	}
	free(names);
}

/* --- small documents ---
 *
 * tests/parse/cases/NAME: what a document is put into, a line each ("item: <rss>$</rss>"; $ is its
 * place), then documents:
 *
 *	=== what it is about
 *	in: item
 *	base: http://base.example/
 *
 *	the document
 *	---
 *	what must come of it
 */

/* The line at *at, which is moved on; NULL: there is none. */
static char *next_line(char **at)
{
	char *line = *at, *end;

	if (!line || !*line)
		return NULL;
	end = strchr(line, '\n');
	if (end)
		*end++ = '\0';
	*at = end;
	return line;
}

/* The rest of a line that begins with a name and a colon, or NULL. */
static const char *value_of(const char *line, const char *name)
{
	size_t len = strlen(name);

	return str_starts(line, name) && str_starts(line + len, ": ") ? line + len + 2 : NULL;
}

struct small_case {
	const char *about, *base;
	struct buf source; /* as it stands in the file, but for what must come */
	struct buf document, want;
};

enum { FRAMES = 16 };

static void put_framed(char *const *frames, const char *name, const char *text, struct buf *to)
{
	const char *frame = NULL, *place;
	size_t i;

	for (i = 0; i < FRAMES && frames[i] && !frame; i++)
		frame = value_of(frames[i], name);
	place = frame ? strchr(frame, '$') : NULL;
	if (!place)
		fail_msg("nothing is called %s", name);
	buf_put(to, frame, (size_t)(place - frame));
	buf_puts(to, text);
	buf_puts(to, place + 1);
}

/* Lines up to one that is mark, or begins the next case; the latter stays. */
static void read_until(char **at, const char *mark, struct buf *to)
{
	char *line;

	while (*at && **at && !str_starts(*at, "=== ") && (line = next_line(at))) {
		if (str_eq(line, mark))
			return;
		buf_puts(to, line);
		buf_putc(to, '\n');
	}
}

static bool read_case(char **at, char *const *frames, struct small_case *one)
{
	char *line = next_line(at);
	const char *frame = NULL, *value;
	struct buf text = {0};

	if (!line)
		return false;
	assert_true(str_starts(line, "=== "));
	one->about = line + 4;
	buf_printf(&one->source, "%s\n", line);
	while ((line = next_line(at)) && *line) {
		buf_printf(&one->source, "%s\n", line);
		if ((value = value_of(line, "in")))
			frame = value;
		else if ((value = value_of(line, "base")))
			one->base = value;
		else
			fail_msg("%s: what is %s?", one->about, line);
	}
	read_until(at, "---", &text);
	buf_printf(&one->source, "\n%s---\n", buf_text(&text));
	buf_truncate(&text, text.len ? text.len - 1 : 0);
	if (frame)
		put_framed(frames, frame, buf_text(&text), &one->document);
	else
		buf_puts(&one->document, buf_text(&text));
	read_until(at, NULL, &one->want);
	buf_finish(&text);
	return true;
}

static void read_small(const char *path)
{
	struct buf file = {0}, got = {0}, written = {0};
	char *frames[FRAMES] = {NULL}, *at;
	struct small_case one;
	size_t count = 0;

	assert_true(read_file(path, &file));
	at = file.data;
	while (at && !str_starts(at, "=== ") && count < FRAMES) {
		frames[count] = next_line(&at);
		buf_printf(&written, "%s\n", frames[count++]);
	}
	for (;;) {
		memset(&one, 0, sizeof(one));
		if (!read_case(&at, frames, &one))
			break;
		buf_clear(&got);
		read_document(&one.document, one.base, &got);
		buf_printf(&written, "%s%s", buf_text(&one.source), buf_text(&got));
		if (!is_writing && !str_eq(buf_text(&got), buf_text(&one.want)))
			fail_msg("%s: %s: got\n%s", path, one.about, buf_text(&got));
		buf_finish(&one.source);
		buf_finish(&one.document);
		buf_finish(&one.want);
	}
	if (is_writing)
		write_want(path, &written);
	buf_finish(&file);
	buf_finish(&got);
	buf_finish(&written);
}

static void reads_small_documents(void **state)
{
	struct dirent **names;
	char cases[8192], path[8192 + 256];
	int n, i;

	(void)state;
	snprintf(cases, sizeof(cases), "%s/../cases", folder());
	n = scandir(cases, &names, is_document, alphasort);
	assert_true(n >= 4);
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", cases, names[i]->d_name);
		read_small(path);
		free(names[i]);
	}
	free(names);
}

enum { KEPT = 10000 }; /* entries of one document, as the manual says */

/* A feed of count entries with text_len bytes of text each; step: how their dates go on. */
static void write_large(struct buf *body, int count, int text_len, int step)
{
	int i, k;

	buf_puts(body, "<rss version='2.0'><channel>");
	for (i = 0; i < count; i++) {
		buf_printf(body, "<item><guid>%d</guid><pubDate>%d</pubDate><description>", i,
			1200000000 + i * step);
		for (k = 0; k < text_len; k += 20)
			buf_puts(body, "&lt;p&gt;Some news.\n");
		buf_puts(body, "</description></item>");
	}
	buf_puts(body, "</channel></rss>");
}

static void check_large(int count, int text_len, int step, int first, int last)
{
	struct feed_doc doc;
	struct buf body = {0};
	const char *why = NULL;
	char number[16];

	write_large(&body, count, text_len, step);
	assert_true(body.len <= LIMIT_FEED_BYTES);
	feed_doc_init(&doc);
	assert_int_equal(feed_parse(body.data, body.len, NULL, NULL, &doc, &why), STATUS_OK);
	assert_int_equal(doc.entry_count, KEPT);
	snprintf(number, sizeof(number), "%d", first);
	assert_string_equal(doc.entries[0].id, number);
	snprintf(number, sizeof(number), "%d", last);
	assert_string_equal(doc.entries[KEPT - 1].id, number);
	assert_int_equal(doc.warning_count, 1);
	snprintf(number, sizeof(number), "%d ", count);
	assert_memory_equal(doc.warnings[0], number, strlen(number));
	assert_non_null(strstr(doc.warnings[0], "the newest 10000 are kept"));
	feed_doc_finish(&doc);
	buf_finish(&body);
}

/* The limit keeps the newest entries, in their order, and says so. */
static void keeps_the_newest_entries(void **state)
{
	(void)state;
	check_large(100000, 0, 1, 90000, 99999); /* the oldest first, as some publish */
	check_large(100000, 0, -1, 0, 9999);
	check_large(25000, 0, 0, 0, 9999); /* of equally old ones the first */
}

static void takes_fifty_megabytes(void **state)
{
	(void)state;
	check_large(24000, 1900, 1, 14000, 23999);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_golden_feeds),
		cmocka_unit_test(reads_small_documents),
		cmocka_unit_test(keeps_the_newest_entries),
		cmocka_unit_test(takes_fifty_megabytes),
	};

	is_writing = argc > 1 && str_eq(argv[1], "--write");
	charset_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
