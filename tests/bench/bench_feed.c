/*
 * How fast feeds are parsed, and how fast libxml2 alone builds trees of the same documents, in one
 * run: bench_feed FILE... Every document is read several times; the best time counts.
 */
#include "config.h"

#include "core/buf.h"
#include "core/mem.h"
#include "parse/charset.h"
#include "parse/feed.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 5, SLICE_NS = 20 * 1000 * 1000 };

struct document {
	const char *path;
	struct buf body;
};

typedef void read_document(const struct buf *body);

static void read_feed(const struct buf *body)
{
	struct feed_doc doc;
	const char *why = NULL;

	feed_doc_init(&doc);
	feed_parse(body->data, body->len, NULL, "https://feeds.example/", &doc, &why);
	feed_doc_finish(&doc);
}

static void read_xml(const struct buf *body)
{
	xmlFreeDoc(xmlReadMemory(body->data, (int)body->len, NULL, NULL,
		XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET |
			XML_PARSE_HUGE));
}

static void read_html(const struct buf *body)
{
	xmlFreeDoc(htmlReadMemory(body->data, (int)body->len, NULL, NULL,
		HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET));
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Nanoseconds that one reading of the document takes, the best of some rounds. */
static int64_t time_of(read_document *read, const struct document *document)
{
	int64_t best = INT64_MAX, start, spent;
	int round, count, done;

	start = now_ns();
	read(&document->body);
	spent = now_ns() - start;
	count = spent > 0 && spent < SLICE_NS / ROUNDS ? (int)(SLICE_NS / ROUNDS / spent) : 1;
	for (round = 0; round < ROUNDS; round++) {
		start = now_ns();
		for (done = 0; done < count; done++)
			read(&document->body);
		spent = (now_ns() - start) / count;
		best = spent < best ? spent : best;
	}
	return best;
}

static bool load(const char *path, struct buf *body)
{
	FILE *file = fopen(path, "rbe");
	size_t n;

	if (!file)
		return false;
	do {
		n = fread(buf_reserve(body, 65536), 1, 65536, file);
		buf_added(body, n);
	} while (n > 0);
	fclose(file);
	return body->len > 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		read_document *read;
	} readers[] = {{"diurna, feeds", read_feed}, {"libxml2, XML trees", read_xml},
		{"libxml2, HTML trees", read_html}};
	int64_t total[ARRAY_LEN(readers)] = {0};
	struct document document;
	double bytes = 0;
	size_t i;
	int k;

	xmlInitParser();
	charset_prepare();
	for (k = 1; k < argc; k++) {
		memset(&document, 0, sizeof(document));
		document.path = argv[k];
		if (load(argv[k], &document.body)) {
			bytes += (double)document.body.len;
			for (i = 0; i < ARRAY_LEN(readers); i++)
				total[i] += time_of(readers[i].read, &document);
		}
		buf_finish(&document.body);
	}
	if (bytes <= 0) {
		fprintf(stderr, "bench_feed: no documents\n");
		return 1;
	}
	for (i = 0; i < ARRAY_LEN(readers); i++)
		printf("%-20s %7.1f MB/s  %5.0f %% of libxml2's XML trees\n", readers[i].name,
			bytes * 1e3 / (double)total[i],
			100.0 * (double)total[1] / (double)total[i]);
	xmlCleanupParser();
	return 0;
}
