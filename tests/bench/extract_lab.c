/*
 * For training and measuring the block model, by tools/train-extract.
 *
 *   extract_lab features FILE...    features of the first stage of every block
 *   extract_lab context FILE...     ... and of the second, after FILE.p1: the first's results
 *   extract_lab choose FILE...      the text chosen after FILE.p2: the second's results
 *   extract_lab metadata FILE...    what may be the title and the date, and features of each
 *   extract_lab groups              a name, the first and the end of each group of features
 *   extract_lab time FILE...        time of plain htmlReadMemory and of extraction, in one run
 *
 * Each FILE is a page; FILE.url beside it holds its address, FILE.p1 and FILE.p2 one 32-bit float a
 * block. Features go to FILE.x, one row of 32-bit floats a block; block texts to FILE.blocks, one
 * JSON string a line; the text to FILE.text; candidates of the metadata to FILE.meta, as JSON.
 */
#include "core/mem.h"
#include "core/str.h"
#include "parse/charset.h"
#include "parse/extract.h"
#include "parse/extract_steps.h"
#include "parse/html_heap.h"
#include "parse/metadata_date.h"
#include "parse/metadata_title.h"

#include <jansson.h>
#include <libxml/HTMLparser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool read_file(const char *name, const char *suffix, struct buf *to)
{
	char *path = xasprintf("%s%s", name, suffix);
	FILE *file = fopen(path, "rb");
	size_t n;

	free(path);
	buf_clear(to);
	if (!file)
		return false;
	while ((n = fread(buf_reserve(to, 65536), 1, 65536, file)) > 0)
		buf_added(to, n);
	fclose(file);
	return true;
}

static void write_file(const char *name, const char *suffix, const void *data, size_t len)
{
	char *path = xasprintf("%s%s", name, suffix);
	FILE *file = fopen(path, "wb");

	if (!file || fwrite(data, 1, len, file) != len || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
	free(path);
}

static void write_blocks(const char *name, const struct page_blocks *page)
{
	struct buf lines = {0};
	json_t *value;
	char *line;
	size_t i;

	for (i = 0; i < page->block_count; i++) {
		value = json_string(block_text(page, i));
		line = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
		buf_puts(&lines, line ? line : "\"\"");
		buf_putc(&lines, '\n');
		free(line);
		json_decref(value);
	}
	write_file(name, ".blocks", buf_text(&lines), lines.len);
	buf_finish(&lines);
}

/* All corrections but those that WITHOUT names, separated by commas; "all": none. */
static void correct(struct extraction *x)
{
	const char *without = getenv("WITHOUT");
	const struct correction *c;

	for (c = extract_corrections; c->name; c++) {
		if (!without || (!str_eq(without, "all") && !strstr(without, c->name)))
			c->run(x);
	}
}

static void work(const char *mode, const char *name, const struct job *job)
{
	struct arena arena = {0};
	struct buf given = {0}, text = {0};
	struct extraction x;
	size_t count;

	if (extraction_read(&x, job, &arena) != STATUS_OK)
		goto out;
	count = x.blocks.block_count;
	x.rows = xcalloc(count + 1, sizeof(*x.rows) * FEATURE_COUNT_2);
	x.scores = xcalloc(count + 1, sizeof(*x.scores));
	if (str_eq(mode, "choose")) {
		read_file(name, ".p2", &given);
		if (given.len == count * sizeof(float))
			memcpy(x.scores, buf_text(&given), given.len);
		extraction_choose(&x);
		correct(&x);
		extraction_put_text(&x, &text);
		write_file(name, ".text", buf_text(&text), text.len);
		goto out;
	}
	features_first(&x.blocks, &x.signals, x.rows);
	if (str_eq(mode, "context") && read_file(name, ".p1", &given) &&
		given.len == count * sizeof(float))
		features_second(&x.blocks, (const float *)(const void *)given.data, x.rows);
	else
		write_blocks(name, &x.blocks);
	write_file(name, ".x", x.rows, count * sizeof(*x.rows) * FEATURE_COUNT_2);
out:
	extraction_finish(&x);
	arena_finish(&arena);
	buf_finish(&given);
	buf_finish(&text);
}

static json_t *features_of(const float *x, size_t count)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < count; i++)
		json_array_append_new(list, json_real((double)x[i]));
	return list;
}

static void write_metadata(const char *name, const struct job *job)
{
	struct title_candidate titles[TITLES_MAX];
	struct date_candidate days[DAYS_MAX];
	json_t *object = json_object(), *list;
	struct arena arena = {0};
	struct extraction x;
	size_t count, i;
	char *text;

	if (extraction_read(&x, job, &arena) == STATUS_OK) {
		count = title_candidates(&x.meta, job, &x.blocks, &arena, titles);
		json_object_set_new(object, "titles", list = json_array());
		for (i = 0; i < count; i++)
			json_array_append_new(
				list, json_pack("{s:s, s:o}", "text", titles[i].text, "x",
					      features_of(titles[i].x, TITLE_FEATURES)));
		count = date_candidates(&x.meta, job, &x.blocks, &arena, days);
		json_object_set_new(object, "dates", list = json_array());
		for (i = 0; i < count; i++)
			json_array_append_new(
				list, json_pack("{s:I, s:o}", "day", (json_int_t)days[i].day, "x",
					      features_of(days[i].x, DATE_X_COUNT)));
	}
	text = json_dumps(object, JSON_REAL_PRECISION(7));
	write_file(name, ".meta", text, strlen(text));
	free(text);
	json_decref(object);
	extraction_finish(&x);
	arena_finish(&arena);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Adds what one page takes, plain with libxml2's own memory, and whole. */
static void measure(const struct job *job, double *plain_ms, double *whole_ms)
{
	struct article article;
	double start;

	xmlMemSetup(free, malloc, realloc, strdup);
	start = now_ms();
	xmlFreeDoc(htmlReadMemory(job->body, (int)job->body_len, NULL, NULL,
		HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING));
	*plain_ms += now_ms() - start;
	html_heap_prepare();
	start = now_ms();
	article_init(&article);
	extract_article(job, &article);
	article_finish(&article);
	*whole_ms += now_ms() - start;
}

static void on_xml_error(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

static void print_groups(void)
{
	static const struct {
		const char *name;
		int first;
	} groups[] = {
		{"own", FEATURE_OWN},
		{"tags", FEATURE_TAGS},
		{"hints", FEATURE_HINTS},
		{"shares", FEATURE_SHARES},
		{"phrases", FEATURE_PHRASES},
		{"near", FEATURE_NEAR},
		{"heading", FEATURE_HEADING},
		{"above", FEATURE_ABOVE},
		{"body", FEATURE_BODY},
		{"alike", FEATURE_ALIKE},
		{"place", FEATURE_PLACE},
		{"page", FEATURE_PAGE},
		{"section", FEATURE_SECTION},
		{"likes", FEATURE_LIKES},
		{"prose", FEATURE_PROSE},
		{"markers", FEATURE_MARKERS},
		{"bodies", FEATURE_BODIES},
		{"words", FEATURE_WORDS},
		{"listing", FEATURE_LISTING},
		{"context", FEATURE_CONTEXT}, /* the second stage */
		{"branch", FEATURE_BRANCH},
		{"around", FEATURE_AROUND},
		{NULL, FEATURE_COUNT_2},
	};
	size_t i;

	for (i = 0; groups[i].name; i++)
		printf("%s %d %d\n", groups[i].name, groups[i].first, groups[i + 1].first);
}

int main(int argc, char **argv)
{
	double plain_ms = 0, whole_ms = 0;
	struct buf body = {0}, url = {0};
	struct job job = {.kind = JOB_PAGE, .entry_published = DATE_NONE};
	int i;

	if (argc == 2 && str_eq(argv[1], "groups")) {
		print_groups();
		return 0;
	}
	if (argc < 3) {
		fprintf(stderr,
			"usage: extract_lab features|context|choose|metadata|time FILE...\n");
		return 64;
	}
	html_heap_prepare();
	xmlSetGenericErrorFunc(NULL, on_xml_error);
	charset_prepare();
	for (i = 2; i < argc; i++) {
		if (!read_file(argv[i], "", &body)) {
			perror(argv[i]);
			return 66;
		}
		read_file(argv[i], ".url", &url);
		job.body = buf_text(&body);
		job.body_len = body.len;
		job.url = url.len > 0 ? buf_text(&url) : NULL;
		if (str_eq(argv[1], "time"))
			measure(&job, &plain_ms, &whole_ms);
		else if (str_eq(argv[1], "metadata"))
			write_metadata(argv[i], &job);
		else
			work(argv[1], argv[i], &job);
	}
	if (str_eq(argv[1], "time"))
		printf("%d pages: htmlReadMemory %.2f ms a page, extraction %.2f ms, ratio %.2f\n",
			argc - 2, plain_ms / (argc - 2), whole_ms / (argc - 2),
			whole_ms / plain_ms);
	buf_finish(&body);
	buf_finish(&url);
	return 0;
}
