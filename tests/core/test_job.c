/* What a parser may answer: nothing of it is believed. */
#include "core/buf.h"
#include "core/job.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/wire.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* Numbers of fields, as core/job.c writes them. */
enum { KIND = 1, STATUS, MESSAGE, FEED, ARTICLE, LINK, IMAGE_TYPE, IMAGE_WIDTH, IMAGE_HEIGHT };

static const struct job job = {
	.kind = JOB_FEED, .url = "http://a.example/", .body = "<rss/>", .body_len = 6};

/* What becomes of a parser that has said these bytes, and that length before them, and left. */
static enum status ask(uint32_t said, const void *bytes, size_t len, struct answer *answer)
{
	enum status status;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(send(pair[1], &said, sizeof(said), 0), sizeof(said));
	assert_int_equal(send(pair[1], bytes, len, 0), len);
	shutdown(pair[1], SHUT_WR);
	answer_init(answer);
	status = parser_ask(pair[0], &job, 60000, answer);
	close(pair[0]);
	close(pair[1]);
	return status;
}

static void takes_an_answer(void **state)
{
	struct doc_link links[] = {{"http://a.example/feed", "All", "News/Europe", "rss"},
		{"http://b.example/feed", NULL, NULL, NULL}};
	struct answer answer, copy;
	struct buf bytes = {0};

	(void)state;
	answer_init(&answer);
	answer.kind = JOB_OPML;
	answer.links = links;
	answer.link_count = 2;
	answer.image =
		(struct image_facts){image_types[1].type, image_types[1].extension, 640, 480};
	answer_put(&bytes, &answer);
	assert_int_equal(ask((uint32_t)bytes.len, bytes.data, bytes.len, &copy), STATUS_OK);
	assert_int_equal(copy.link_count, 2);
	assert_string_equal(copy.links[0].folder, "News/Europe");
	assert_string_equal(copy.links[1].url, "http://b.example/feed");
	assert_null(copy.links[1].title);
	assert_ptr_equal(copy.image.type, image_types[1].type);
	assert_int_equal(copy.image.width, 640);
	answer_finish(&copy);
	buf_finish(&bytes);
}

static void refuse(struct buf *bytes)
{
	struct answer answer;

	answer_init(&answer);
	assert_int_equal(answer_get(bytes->data, bytes->len, &answer), STATUS_SYNTAX);
	answer_finish(&answer);
	buf_clear(bytes);
}

static void does_not_believe_a_parser(void **state)
{
	struct answer answer;
	struct buf bytes = {0};
	size_t mark;

	(void)state;
	/* what its length says */
	assert_int_equal(ask(LIMIT_ANSWER_BYTES + 1, "", 0, &answer), STATUS_LIMIT);
	assert_int_equal(ask(100, "abc", 3, &answer), STATUS_CRASHED);
	assert_int_equal(ask(3, "abc", 3, &answer), STATUS_SYNTAX);
	/* what no parser says */
	wire_put_int(&bytes, 99, 1);
	refuse(&bytes);
	wire_put_int(&bytes, STATUS, 1000);
	refuse(&bytes);
	wire_put_int(&bytes, STATUS, -1);
	refuse(&bytes);
	wire_put_int(&bytes, IMAGE_TYPE, (int64_t)image_type_count + 1);
	refuse(&bytes);
	mark = wire_open(&bytes, LINK);
	wire_put_str(&bytes, 2, "a title and no address");
	wire_close(&bytes, mark);
	refuse(&bytes);
	mark = wire_open(&bytes, LINK);
	wire_put_str(&bytes, 77, "http://a.example/");
	wire_close(&bytes, mark);
	refuse(&bytes);
	/* sides that no picture has are not known */
	answer_init(&answer);
	wire_put_int(&bytes, IMAGE_TYPE, 1);
	wire_put_int(&bytes, IMAGE_WIDTH, -5);
	wire_put_int(&bytes, IMAGE_HEIGHT, INT64_MAX);
	assert_int_equal(answer_get(bytes.data, bytes.len, &answer), STATUS_OK);
	assert_int_equal(answer.image.width, 0);
	assert_int_equal(answer.image.height, 0);
	answer_finish(&answer);
	buf_clear(&bytes);
	/* nor what a terminal would take for a command; half a character is none */
	answer_init(&answer);
	wire_put_str(&bytes, MESSAGE,
		"a\x1b[31mb\xc2\x9b"
		"2Jc\x7f\x08 d\te\nf\xc2\xa0\xc2\x01\x9b"
		"2J\xc2");
	assert_int_equal(answer_get(bytes.data, bytes.len, &answer), STATUS_OK);
	assert_string_equal(answer.message, "a[31mb2Jc d\te\nf\xc2\xa0??2J?");
	answer_finish(&answer);
	buf_finish(&bytes);
}

static void does_not_wait_for_ever(void **state)
{
	struct answer answer;
	int pair[2];

	(void)state;
	answer_init(&answer);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(parser_ask(pair[0], &job, 30, &answer), STATUS_TIMEOUT);
	close(pair[1]);
	assert_int_equal(parser_ask(pair[0], &job, 60000, &answer), STATUS_CRASHED);
	close(pair[0]);
}

static void sends_no_job_that_is_too_large(void **state)
{
	struct job large = job;
	struct answer answer;

	(void)state;
	answer_init(&answer);
	large.body_len = LIMIT_JOB_BYTES;
	large.body = xcalloc(1, large.body_len);
	assert_int_equal(parser_ask(-1, &large, 1000, &answer), STATUS_LIMIT);
	free((char *)large.body);
}

/* A parser reads its jobs as carefully. */
static void takes_only_jobs(void **state)
{
	const uint64_t blocks[] = {7, UINT64_MAX};
	struct job page = {.kind = JOB_PAGE,
		.body = "",
		.rule = "body: p",
		.page = 2,
		.entry_author = "A. Writer",
		.entry_language = "fr",
		.content_language = "fr-CA",
		.seen_blocks = blocks,
		.seen_block_count = 2,
		.site_blocks = blocks,
		.site_block_count = 1};
	struct arena arena = {0};
	struct buf bytes = {0};
	struct job copy;

	(void)state;
	job_put(&bytes, &page);
	assert_int_equal(job_get(bytes.data, bytes.len, &copy, &arena), STATUS_OK);
	assert_int_equal(copy.seen_block_count, 2);
	assert_true(copy.seen_blocks[1] == UINT64_MAX);
	assert_int_equal(copy.site_block_count, 1);
	assert_string_equal(copy.content_language, "fr-CA");
	assert_int_equal(copy.page, 2);
	wire_put_int(&bytes, 99, 1);
	assert_int_equal(job_get(bytes.data, bytes.len, &copy, &arena), STATUS_SYNTAX);
	buf_clear(&bytes);
	page.kind = JOB_IMAGE + 1;
	job_put(&bytes, &page);
	assert_int_equal(job_get(bytes.data, bytes.len, &copy, &arena), STATUS_SYNTAX);
	assert_int_equal(job_get("", 0, &copy, &arena), STATUS_SYNTAX);
	arena_finish(&arena);
	buf_finish(&bytes);
}

static void a_program_that_is_none(void **state)
{
	struct answer answer;

	(void)state;
	answer_init(&answer);
	assert_int_equal(setenv("DIURNA_PARSE", "/nonexistent/diurna-parse", 1), 0);
	errno = 0;
	assert_int_equal(parser_run(&job, 60000, &answer), STATUS_IO);
	assert_int_equal(errno, ENOENT);
	/* one that ends at once */
	assert_int_equal(setenv("DIURNA_PARSE", "/bin/true", 1), 0);
	assert_int_equal(parser_run(&job, 60000, &answer), STATUS_CRASHED);
	unsetenv("DIURNA_PARSE");
	assert_non_null(strstr(parser_program(), "diurna-parse"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_an_answer),
		cmocka_unit_test(does_not_believe_a_parser),
		cmocka_unit_test(does_not_wait_for_ever),
		cmocka_unit_test(sends_no_job_that_is_too_large),
		cmocka_unit_test(takes_only_jobs),
		cmocka_unit_test(a_program_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
