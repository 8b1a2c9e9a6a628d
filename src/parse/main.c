/*
 * diurna-parse: reads strangers' bytes in a sandbox and hands back clean records.
 *
 * Its standard input is a socket; a job comes in, an answer goes out, one after the other, until
 * the socket closes. It is started by diurnad and diurna, not by people.
 */
#include "config.h"

#include "core/job.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "parse/charset.h"
#include "parse/extract.h"
#include "parse/feed.h"
#include "parse/html_heap.h"
#include "parse/image.h"
#include "parse/links.h"
#include "parse/sandbox.h"

#include <errno.h>
#include <libxml/parser.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

/* A job above this many bytes leaves a heap that is given back before the next. */
enum { LARGE_JOB_BYTES = 4 * 1024 * 1024 };

/* All len bytes from the socket; false at its end. */
static bool read_whole(void *data, size_t len)
{
	char *to = data;
	ssize_t n;

	while (len > 0) {
		n = read(STDIN_FILENO, to, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		to += n;
		len -= (size_t)n;
	}
	return true;
}

static bool write_whole(const char *data, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = send(STDIN_FILENO, data, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static void work(const struct job *job, struct answer *answer)
{
	answer->kind = job->kind;
	switch (job->kind) {
	case JOB_FEED:
		answer->status = feed_parse(job->body, job->body_len, job->content_type, job->url,
			&answer->feed, &answer->message);
		break;
	case JOB_PAGE:
		answer->status = extract_article(job, &answer->article);
		answer->message = answer->article.reason;
		break;
	case JOB_LINKS: answer->status = links_of_page(job, answer); break;
	case JOB_OPML: answer->status = links_of_opml(job, answer); break;
	case JOB_IMAGE:
		answer->status = image_read(job->body, job->body_len, &answer->image);
		break;
	}
	if (answer->status != STATUS_OK && !answer->message)
		answer->message = status_text(answer->status);
}

/* One job; false when the socket is to be closed. */
static bool serve(struct buf *in, struct buf *out)
{
	struct arena arena = {0};
	struct answer answer;
	struct job job;
	uint32_t len;
	bool is_sent;

	if (!read_whole(&len, sizeof(len)))
		return false;
	if (len > LIMIT_JOB_BYTES) {
		log_err("parser: a job of %u bytes, %d at most", len, LIMIT_JOB_BYTES);
		return false;
	}
	buf_clear(in);
	if (!read_whole(buf_reserve(in, len), len))
		return false;
	buf_added(in, len);
	if (job_get(in->data, in->len, &job, &arena) != STATUS_OK) {
		log_err("parser: what came is no job");
		arena_finish(&arena);
		return false;
	}
	answer_init(&answer);
	work(&job, &answer);

	buf_clear(out);
	buf_put(out, &len, sizeof(len));
	answer_put(out, &answer);
	len = (uint32_t)(out->len - sizeof(len));
	memcpy(out->data, &len, sizeof(len));
	is_sent = write_whole(out->data, out->len);

	answer_finish(&answer);
	arena_finish(&arena);
	if (in->len + out->len > LARGE_JOB_BYTES) {
		buf_finish(in);
		buf_finish(out);
#ifdef HAVE_MALLOC_TRIM
		malloc_trim(0);
#endif
	}
	return is_sent;
}

static void on_xml_error(void *context, const char *format, ...)
{
	(void)context;
	(void)format; /* warnings are collected where a document is read */
}

int main(int argc, char **argv)
{
	struct buf in = {0}, out = {0};
	enum status status;

	if (argc != 2 || !str_eq(argv[1], "--socket")) {
		fprintf(stderr, "diurna-parse is started by diurnad and diurna; "
				"try 'diurna parse' or 'diurna extract'\n");
		return EX_USAGE;
	}
	html_heap_prepare();
	xmlSetGenericErrorFunc(NULL, on_xml_error);
	charset_prepare();
	status = sandbox_enter();
	if (status != STATUS_OK) {
		log_err("parser: no sandbox: %s", strerror(errno));
		return EX_OSERR;
	}
	while (serve(&in, &out))
		continue;
	buf_finish(&in);
	buf_finish(&out);
	return EX_OK;
}
