#include "core/doc.h"
#include "core/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void fill(struct feed_doc *doc)
{
	static const struct doc_author authors[] = {
		{"A", "a@example.org", NULL}, {"B", NULL, NULL}};
	static const char *const categories[] = {"x", "y", "z"};
	static const struct doc_enclosure enclosures[] = {
		{.url = "http://e.example/1", .type = "audio/mpeg", .length = 5, .width = 640},
		{.url = "http://e.example/2", .length = -1, .group = 2, .is_default = true}};
	static const struct doc_category details[] = {{"x", "X", "urn:s"}, {"x", NULL, "urn:t"}};
	static const struct doc_credit credits[] = {{"C", "guest", NULL}};
	static const struct doc_image images[] = {{"http://e.example/i", 3, 4}};
	static const struct doc_transcript transcripts[] = {{"http://e.example/t", NULL, "de"}};
	static struct feed_entry entries[3];
	size_t i;

	feed_doc_init(doc);
	doc->format = "rss20";
	doc->title = "T";
	doc->skip_hours = 1u << 23 | 1;
	doc->skip_days = 0x41;
	doc->is_complete = true;
	doc->is_cut = true;
	doc->ttl_min = 90;
	doc->hub = "https://hub.example/";
	doc->update_base = 7;
	doc->credits = credits;
	doc->credit_count = 1;
	memset(entries, 0, sizeof(entries));
	for (i = 0; i < 3; i++) {
		entries[i].id = "id";
		entries[i].published = i == 1 ? DATE_NONE : -5;
		entries[i].updated = DATE_NONE;
		entries[i].authors = authors;
		entries[i].author_count = 2;
		entries[i].categories = categories;
		entries[i].category_count = 3;
		entries[i].enclosures = enclosures;
		entries[i].enclosure_count = 2;
		entries[i].category_details = details;
		entries[i].category_detail_count = 2;
		entries[i].images = images;
		entries[i].image_count = 1;
		entries[i].transcripts = transcripts;
		entries[i].transcript_count = 1;
		entries[i].comment_count = i == 1 ? -1 : 0;
	}
	doc->entries = entries;
	doc->entry_count = 3;
}

static void a_feed_arrives_as_it_was_sent(void **state)
{
	struct feed_doc doc, copy;
	struct buf bytes = {0};

	(void)state;
	fill(&doc);
	feed_doc_put(&bytes, &doc);
	feed_doc_init(&copy);
	assert_int_equal(feed_doc_get(bytes.data, bytes.len, &copy), STATUS_OK);
	assert_string_equal(copy.format, "rss20");
	assert_null(copy.url);
	assert_true(copy.skip_hours == doc.skip_hours && copy.skip_days == 0x41);
	assert_true(copy.is_complete && copy.is_cut && !copy.is_archive && copy.ttl_min == 90);
	assert_int_equal(copy.entry_count, 3);
	assert_true(copy.entries[0].published == -5 && copy.entries[1].published == DATE_NONE);
	assert_int_equal(copy.entries[2].category_count, 3);
	assert_string_equal(copy.entries[2].categories[2], "z");
	assert_string_equal(copy.entries[2].authors[0].email, "a@example.org");
	assert_int_equal(copy.entries[2].enclosures[0].length, 5);
	assert_int_equal(copy.entries[2].enclosures[1].length, -1);
	assert_int_equal(copy.entries[2].enclosures[0].width, 640);
	assert_true(copy.entries[2].enclosures[1].is_default);
	assert_int_equal(copy.entries[2].enclosures[1].group, 2);
	assert_string_equal(copy.hub, "https://hub.example/");
	assert_true(copy.update_base == 7 && copy.updated == DATE_NONE);
	assert_string_equal(copy.credits[0].role, "guest");
	assert_string_equal(copy.entries[0].category_details[0].label, "X");
	assert_string_equal(copy.entries[0].category_details[1].scheme, "urn:t");
	assert_int_equal(copy.entries[0].images[0].height, 4);
	assert_string_equal(copy.entries[0].transcripts[0].language, "de");
	assert_true(copy.entries[0].comment_count == 0 && copy.entries[1].comment_count == -1);
	feed_doc_finish(&copy);
	feed_doc_finish(&doc);
	buf_finish(&bytes);
}

/* The daemon does not trust a parser: any bytes end in a status, never in a wrong access. */
static void damaged_answers_are_survived(void **state)
{
	struct answer answer = {0}, copy;
	struct buf bytes = {0};
	size_t i;
	int flip;

	(void)state;
	answer_init(&answer);
	fill(&answer.feed);
	answer.kind = JOB_FEED;
	answer_put(&bytes, &answer);
	for (i = 0; i < bytes.len; i++) {
		for (flip = 1; flip < 256; flip *= 4) {
			bytes.data[i] = (char)(bytes.data[i] ^ flip);
			answer_init(&copy);
			answer_get(bytes.data, bytes.len, &copy);
			assert_true(copy.feed.entry_count <= 10000);
			answer_finish(&copy);
			bytes.data[i] = (char)(bytes.data[i] ^ flip);
		}
		answer_init(&copy);
		answer_get(bytes.data, i, &copy);
		answer_finish(&copy);
	}
	buf_finish(&bytes);
}

static void a_job_arrives_as_it_was_sent(void **state)
{
	static const uint64_t blocks[] = {1, 2, UINT64_MAX};
	const struct job job = {.kind = JOB_PAGE,
		.url = "http://e.example/",
		.body = "a\0b",
		.body_len = 3,
		.entry_published = 7,
		.site_blocks = blocks,
		.site_block_count = 3};
	struct arena arena = {0};
	struct buf bytes = {0};
	struct job copy;

	(void)state;
	job_put(&bytes, &job);
	assert_int_equal(job_get(bytes.data, bytes.len, &copy, &arena), STATUS_OK);
	assert_int_equal(copy.body_len, 3);
	assert_memory_equal(copy.body, "a\0b", 3);
	assert_true(copy.entry_published == 7 && copy.site_blocks[2] == UINT64_MAX);
	assert_null(copy.entry_title);
	assert_int_equal(job_get(bytes.data, bytes.len - 1, &copy, &arena), STATUS_SYNTAX);
	arena_finish(&arena);
	buf_finish(&bytes);
}

/* The store takes no novels for titles; a character is not cut in two. */
static void titles_are_shortened_for_the_store(void **state)
{
	struct feed_entry entry = {.title = "short"};
	struct feed_doc doc;
	struct buf text = {0};
	int i;

	(void)state;
	feed_doc_init(&doc);
	buf_puts(&text, "x");
	for (i = 0; i < 50000; i++)
		buf_puts(&text, "\xC3\xA9");
	doc.title = buf_text(&text);
	doc.entries = &entry;
	doc.entry_count = 1;
	feed_doc_shorten(&doc);
	assert_int_equal(strlen(doc.title), 4095);
	assert_string_equal(entry.title, "short");
	feed_doc_finish(&doc);
	buf_finish(&text);
}

static void a_large_job_has_more_time(void **state)
{
	(void)state;
	assert_int_equal(job_deadline_ms(0), 5000);
	assert_int_equal(job_deadline_ms(1 << 19), 5000);
	assert_int_equal(job_deadline_ms(50 << 20), 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_feed_arrives_as_it_was_sent),
		cmocka_unit_test(damaged_answers_are_survived),
		cmocka_unit_test(a_job_arrives_as_it_was_sent),
		cmocka_unit_test(a_large_job_has_more_time),
		cmocka_unit_test(titles_are_shortened_for_the_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
