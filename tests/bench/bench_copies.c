/*
 * How well edited copies of articles are known again.
 *
 * bench_copies FILE: one JSON object a line with "title", "url" and "text". Every article is stored
 * as an entry of a feed; then copies of it with 5 to 20 percent of their words or sentences
 * deleted, replaced or inserted come by another feed from another site under another headline.
 * Each copy should be a sighting of its article (recall), and nothing else should (precision).
 */
#include "core/buf.h"
#include "core/config.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/terms.h"
#include "store/feeds.h"
#include "store/sql.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WORDS_MIN = 100, NOW = 1790000000 };

struct piece {
	const char *text; /* into the article's text */
	size_t len;
};

struct sample {
	char *url, *title, *text;
	struct piece *words, *sentences;
	size_t word_count, sentence_count;
	int64_t item_id;
};

struct bench {
	struct store *store;
	struct config config;
	struct sample *samples;
	size_t count, space;
	uint64_t random;
};

static size_t roll(struct bench *bench, size_t below)
{
	bench->random = terms_mix(bench->random);
	return below ? (size_t)(bench->random >> 20) % below : 0;
}

static void cut(const char *text, const char *ends, struct piece **list, size_t *count)
{
	size_t space = 0;

	*list = NULL;
	*count = 0;
	for (size_t len; *text; text += len) {
		len = strcspn(text, ends);
		len += strspn(text + len, ends);
		ARRAY_GROW(*list, *count, space);
		(*list)[(*count)++] = (struct piece){text, len};
	}
}

static void load(struct bench *bench, const char *name)
{
	FILE *file = fopen(name, "r");
	char *line = NULL;
	size_t space = 0;

	if (!file) {
		perror(name);
		exit(1);
	}
	while (getline(&line, &space, file) > 0) {
		json_t *object = json_loads(line, 0, NULL);
		const char *text = json_string_value(json_object_get(object, "text"));
		const char *url = json_string_value(json_object_get(object, "url"));
		const char *title = json_string_value(json_object_get(object, "title"));
		struct sample sample = {0};

		if (text && url && *url && terms_count(text) >= WORDS_MIN) {
			sample.url = xstrdup(url);
			sample.title = xstrdup(title ? title : "");
			sample.text = xstrdup(text);
			cut(sample.text, " \n", &sample.words, &sample.word_count);
			cut(sample.text, ".\n", &sample.sentences, &sample.sentence_count);
			ARRAY_GROW(bench->samples, bench->count, bench->space);
			bench->samples[bench->count++] = sample;
		}
		json_decref(object);
	}
	free(line);
	fclose(file);
}

/* A copy with so many percent of its pieces deleted, replaced by foreign ones, or followed by one.
 */
static void edit(struct bench *bench, const struct sample *sample, bool by_sentence,
	unsigned percent, struct buf *to)
{
	const struct piece *list = by_sentence ? sample->sentences : sample->words;
	size_t count = by_sentence ? sample->sentence_count : sample->word_count;

	for (size_t i = 0; i < count; i++) {
		const struct sample *other = &bench->samples[roll(bench, bench->count)];
		struct piece foreign =
			by_sentence ? other->sentences[roll(bench, other->sentence_count)]
				    : other->words[roll(bench, other->word_count)];
		bool is_edited = roll(bench, 100) < percent;
		size_t way = roll(bench, 3);

		if (!is_edited || way == 2)
			buf_put(to, list[i].text, list[i].len);
		if (is_edited && way > 0)
			buf_put(to, foreign.text, foreign.len);
	}
}

/* The item that an entry of feed became a sighting of, or that it became. */
static int64_t record(struct bench *bench, int64_t feed, const char *url, const char *title,
	const char *text, bool *is_new)
{
	struct buf html = {0};
	struct feed_entry entry = {.id = url,
		.url = url,
		.title = title,
		.published = DATE_NONE,
		.updated = DATE_NONE};
	struct feed_doc doc = {.title = "A feed", .entries = &entry, .entry_count = 1};
	struct poll_result result = {.feed_id = feed,
		.at = NOW,
		.http_status = 200,
		.next_at = NOW,
		.max_age_s = -1,
		.doc = &doc};
	struct poll_reply reply;
	int64_t id = 0;

	buf_puts(&html, "<p>");
	buf_put_escaped(&html, text);
	entry.content = buf_text(&html);
	if (poll_record(bench->store, &bench->config, &result, &reply) != STATUS_OK ||
		sql_int(bench->store,
			"SELECT item_id FROM sighting WHERE feed_id = ?1 AND guid = ?2", &id, "is",
			feed, url) != STATUS_OK) {
		fprintf(stderr, "%s: %s\n", url, store_error(bench->store));
		exit(1);
	}
	*is_new = reply.new_items > 0;
	poll_reply_finish(&reply);
	buf_finish(&html);
	return id;
}

static void store_originals(struct bench *bench)
{
	size_t merged = 0;

	store_begin(bench->store);
	for (size_t i = 0; i < bench->count; i++) {
		struct sample *sample = &bench->samples[i];
		bool is_new;

		sample->item_id =
			record(bench, 1, sample->url, sample->title, sample->text, &is_new);
		for (size_t k = 0; !is_new && k < i; k++)
			if (bench->samples[k].item_id == sample->item_id)
				printf("one item: %s\n          %s\n", bench->samples[k].url,
					sample->url);
		merged += !is_new;
	}
	store_commit(bench->store);
	printf("%zu articles, %zu of them taken for another one\n", bench->count, merged);
}

static void measure(struct bench *bench, bool by_sentence, unsigned percent)
{
	size_t right = 0, wrong = 0;
	struct timespec from, to;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (size_t i = 0; i < bench->count; i++) {
		const struct sample *sample = &bench->samples[i];
		struct buf text = {0}, title = {0};
		bool is_new;
		int64_t id;

		edit(bench, sample, by_sentence, percent, &text);
		buf_printf(&title, "Our report number %zu", i);
		store_begin(bench->store);
		id = record(bench, 2, "https://copies.example/report/1", buf_text(&title),
			buf_text(&text), &is_new);
		store_rollback(bench->store);
		right += !is_new && id == sample->item_id;
		wrong += !is_new && id != sample->item_id;
		buf_finish(&text);
		buf_finish(&title);
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	printf("%2u %% of the %-9s: precision %.4f, recall %.4f, %.2f ms a copy\n", percent,
		by_sentence ? "sentences" : "words",
		right + wrong ? (double)right / (double)(right + wrong) : 0,
		(double)right / (double)bench->count,
		((double)(to.tv_sec - from.tv_sec) * 1e3 +
			(double)(to.tv_nsec - from.tv_nsec) / 1e6) /
			(double)bench->count);
}

int main(int argc, char **argv)
{
	struct subscription list[] = {{"https://originals.example/feed", NULL, NULL},
		{"https://copies.example/feed", NULL, NULL}};
	struct subscriptions subs = {.list = list, .count = ARRAY_LEN(list)};
	const struct config_feed feeds[] = {{.url = list[0].url}, {.url = list[1].url}};
	struct bench bench = {.random = 7,
		.config = {
			.max_first = 10000, .max_age_s = 1000000, .feeds = feeds, .feed_count = 2}};
	char folder[] = "/tmp/diurna-copies.XXXXXX", path[64];

	if (argc != 2 || !mkdtemp(folder)) {
		fputs("usage: bench_copies FILE, JSON lines with title, url and text\n", stderr);
		return 64;
	}
	snprintf(path, sizeof(path), "%s/store", folder);
	load(&bench, argv[1]);
	if (store_open(path, STORE_WRITE, &bench.store, NULL) != STATUS_OK ||
		feeds_sync(bench.store, &bench.config, &subs, NOW) != STATUS_OK)
		return 1;
	store_originals(&bench);
	for (int by_sentence = 0; by_sentence < 2; by_sentence++)
		for (unsigned percent = 5; percent <= 20; percent += 5)
			measure(&bench, by_sentence, percent);
	store_close(bench.store);
	for (size_t i = 0; i < 4; i++) {
		static const char *const suffixes[] = {"", "-wal", "-shm"};

		snprintf(path, sizeof(path), "%s/store%s", folder, suffixes[i]);
		unlink(path);
	}
	rmdir(folder);
	for (size_t i = 0; i < bench.count; i++) {
		free(bench.samples[i].url);
		free(bench.samples[i].title);
		free(bench.samples[i].text);
		free(bench.samples[i].words);
		free(bench.samples[i].sentences);
	}
	free(bench.samples);
	return 0;
}
