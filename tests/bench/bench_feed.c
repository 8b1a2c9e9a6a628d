/*
 * How fast feeds are parsed, and how fast libxml2 alone builds trees of the same documents, in one
 * run: bench_feed FILE... Every document is read several times; the best time counts. And how much
 * memory a parser takes for a document beside the document itself: the growth of its resident
 * pages, text, records and answer together, in a process that does nothing else.
 */
#include "config.h"

#include "core/buf.h"
#include "core/mem.h"
#include "parse/charset.h"
#include "parse/feed.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

/* The most resident memory of this process so far, in bytes. */
static size_t peak_memory(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[256];
	size_t kib = 0;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "VmHWM: %zu", &kib) == 1)
			break;
	}
	if (file)
		fclose(file);
	return kib * 1024;
}

/* What the parser does for one job. */
static void do_job(const char *body, size_t len)
{
	struct buf answer = {0};
	struct feed_doc doc;
	const char *why = NULL;

	feed_doc_init(&doc);
	if (feed_parse(body, len, NULL, "https://feeds.example/", &doc, &why) == STATUS_OK)
		feed_doc_put(&answer, &doc);
	feed_doc_finish(&doc);
	buf_finish(&answer);
}

/* By how much memory grows for a document, once the program itself is in it. */
static size_t measure_here(const struct buf *body)
{
	static const char first[] = "<rss version='2.0'><channel><title>&eacute;\xC3</title><item>"
				    "<description>&lt;p&gt;x</description><pubDate>2020-01-01"
				    "</pubDate></item></channel></rss>";
	FILE *file;
	size_t before;

	do_job(first, sizeof(first) - 1);
	malloc_trim(0);
	file = fopen("/proc/self/clear_refs", "we"); /* 5: the peak begins anew */
	if (file) {
		fputs("5", file);
		fclose(file);
	}
	before = peak_memory();
	do_job(body->data, body->len);
	return peak_memory() - before;
}

/* The same in a child, whose peak is its own. */
static size_t measure_memory(const struct buf *body)
{
	size_t grown = 0;
	int ends[2];
	pid_t child;

	if (pipe(ends) < 0)
		return 0;
	child = fork();
	if (child == 0) {
		grown = measure_here(body);
		_exit(write(ends[1], &grown, sizeof(grown)) != sizeof(grown));
	}
	close(ends[1]);
	if (child < 0 || read(ends[0], &grown, sizeof(grown)) != sizeof(grown))
		grown = 0;
	close(ends[0]);
	if (child > 0)
		waitpid(child, NULL, 0);
	return grown;
}

/* Memory of small documents is mostly the allocator's own: they are only in the sum. */
enum { SMALL_BYTES = 64 * 1024 };

struct memory {
	double bytes, grown; /* of all documents */
	double worst;        /* times its size, of those that are not small */
	const char *worst_path;
};

static void add_memory(struct memory *memory, const struct document *document)
{
	double grown = (double)measure_memory(&document->body);
	double times = grown / (double)document->body.len;

	memory->bytes += (double)document->body.len;
	memory->grown += grown;
	if (document->body.len >= SMALL_BYTES && times > memory->worst) {
		memory->worst = times;
		memory->worst_path = document->path;
	}
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

/* JSON has no XML tree to be compared with. */
static bool is_json(const struct buf *body)
{
	return body->data[0] == '{' || (body->len > 3 && body->data[3] == '{');
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		read_document *read;
	} readers[] = {{"diurna, feeds", read_feed}, {"libxml2, XML trees", read_xml},
		{"libxml2, HTML trees", read_html}};
	int64_t total[ARRAY_LEN(readers)] = {0};
	struct memory memory = {0};
	struct document document;
	double bytes = 0, json_bytes = 0;
	int64_t json_total = 0;
	size_t i;
	int k;

	xmlInitParser();
	charset_prepare();
	for (k = 1; k < argc; k++) {
		memset(&document, 0, sizeof(document));
		document.path = argv[k];
		if (load(argv[k], &document.body)) {
			add_memory(&memory, &document);
			if (is_json(&document.body)) {
				json_bytes += (double)document.body.len;
				json_total += time_of(read_feed, &document);
			} else {
				bytes += (double)document.body.len;
				for (i = 0; i < ARRAY_LEN(readers); i++)
					total[i] += time_of(readers[i].read, &document);
			}
		}
		buf_finish(&document.body);
	}
	if (bytes <= 0 && json_bytes <= 0) {
		fprintf(stderr, "bench_feed: no documents\n");
		return 1;
	}
	for (i = 0; bytes > 0 && i < ARRAY_LEN(readers); i++)
		printf("%-20s %7.1f MB/s  %5.0f %% of libxml2's XML trees\n", readers[i].name,
			bytes * 1e3 / (double)total[i],
			100.0 * (double)total[1] / (double)total[i]);
	if (json_total > 0)
		printf("%-20s %7.1f MB/s\n", "diurna, JSON feeds",
			json_bytes * 1e3 / (double)json_total);
	printf("memory               %7.1f times the documents", memory.grown / memory.bytes);
	if (memory.worst_path)
		printf(", at most %.1f times, of %s", memory.worst, memory.worst_path);
	printf("\n");
	xmlCleanupParser();
	return 0;
}
