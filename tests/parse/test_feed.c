/*
 * Golden files: tests/parse/feeds/NAME beside NAME.want. test_feed --write writes the latter anew,
 * for people to read before they commit it.
 */
#include "core/date.h"
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

static void put_entry(struct buf *to, const struct feed_entry *entry)
{
	size_t i;

	buf_puts(to, "entry\n");
	put(to, "  ", "id", entry->id);
	put(to, "  ", "url", entry->url);
	put(to, "  ", "title", entry->title);
	put(to, "  ", "summary", entry->summary);
	put(to, "  ", "content", entry->content);
	put_date(to, "  ", "published", entry->published);
	put_date(to, "  ", "updated", entry->updated);
	put_authors(to, "  ", entry->authors, entry->author_count);
	for (i = 0; i < entry->category_count; i++)
		put(to, "  ", "category", entry->categories[i]);
	for (i = 0; i < entry->enclosure_count; i++)
		buf_printf(to, "  enclosure: %s | %s | %lld\n", entry->enclosures[i].url,
			entry->enclosures[i].type ? entry->enclosures[i].type : "",
			(long long)entry->enclosures[i].length);
	put(to, "  ", "comments", entry->comments);
	put(to, "  ", "image", entry->image);
	put(to, "  ", "language", entry->language);
	put(to, "  ", "source", entry->source_title);
	put(to, "  ", "source url", entry->source_url);
}

static void put_feed(struct buf *to, const struct feed_doc *doc)
{
	size_t i;

	put(to, "", "format", doc->format);
	put(to, "", "encoding", doc->encoding);
	put(to, "", "title", doc->title);
	put(to, "", "url", doc->url);
	put(to, "", "self", doc->self);
	put(to, "", "description", doc->description);
	put(to, "", "language", doc->language);
	put_date(to, "", "updated", doc->updated);
	put(to, "", "image", doc->image);
	put(to, "", "icon", doc->icon);
	put(to, "", "hub", doc->hub);
	put(to, "", "next", doc->next);
	put(to, "", "new url", doc->new_url);
	put_number(to, "complete", doc->is_complete);
	put_number(to, "ttl", doc->ttl_min);
	put_number(to, "update period", doc->update_period_s);
	put_number(to, "skip hours", doc->skip_hours);
	put_number(to, "skip days", doc->skip_days);
	put_authors(to, "", doc->authors, doc->author_count);
	for (i = 0; i < doc->category_count; i++)
		put(to, "", "category", doc->categories[i]);
	for (i = 0; i < doc->entry_count; i++)
		put_entry(to, &doc->entries[i]);
	for (i = 0; i < doc->warning_count; i++)
		put(to, "", "warning", doc->warnings[i]);
}

static void read_feed(const char *path, struct buf *to)
{
	struct feed_doc doc;
	struct buf body = {0};
	const char *why = NULL;

	assert_true(read_file(path, &body));
	feed_doc_init(&doc);
	if (feed_parse(buf_text(&body), body.len, NULL, "https://base.example/feeds/f.xml", &doc,
		    &why) == STATUS_OK)
		put_feed(to, &doc);
	else
		put(to, "", "no feed", why);
	feed_doc_finish(&doc);
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

/* The limit keeps the newest entries, in their order, and says so. */
static void keeps_the_newest_entries(void **state)
{
	enum { COUNT = 25000, KEPT = 10000 };
	struct feed_doc doc;
	struct buf body = {0};
	const char *why = NULL;
	int i;

	(void)state;
	buf_puts(&body, "<rss version='2.0'><channel>");
	for (i = 0; i < COUNT; i++) /* the oldest first, as some publish */
		buf_printf(&body, "<item><guid>%d</guid><pubDate>%d</pubDate></item>", i,
			1000000000 + i);
	buf_puts(&body, "</channel></rss>");
	feed_doc_init(&doc);
	assert_int_equal(feed_parse(body.data, body.len, NULL, NULL, &doc, &why), STATUS_OK);
	assert_int_equal(doc.entry_count, KEPT);
	assert_string_equal(doc.entries[0].id, "15000");
	assert_string_equal(doc.entries[KEPT - 1].id, "24999");
	assert_int_equal(doc.warning_count, 1);
	feed_doc_finish(&doc);
	buf_finish(&body);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_golden_feeds),
		cmocka_unit_test(keeps_the_newest_entries),
	};

	is_writing = argc > 1 && str_eq(argv[1], "--write");
	charset_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
