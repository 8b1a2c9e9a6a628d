/*
 * What it costs to close an edition, whose items are all compared with each other, and how many are
 * taken for reports of one event by chance: none of them is.
 *
 *     bench_closing [ITEMS]
 *
 * Titles and texts are words drawn from a vocabulary of 30,000, the first of them far more often;
 * each third word of a title, and each ninth of a text, is a name.
 */
#include "../store/world.h"

#include "core/buf.h"
#include "core/clock.h"
#include "core/mem.h"
#include "core/terms.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	FEEDS = 8,
	LISTED = 10, /* entries of a document */
	TITLE = 9,   /* words */
	TEXT = 300,
	VOCABULARY = 30000,
};

static uint64_t random_state = 1;

static double draw(void)
{
	random_state += UINT64_C(0x9E3779B97F4A7C15);
	return (double)(terms_mix(random_state) >> 11) / 9007199254740992.0;
}

/* The first of the vocabulary come far more often than the last. */
static char *write_words(int count, int name_every)
{
	struct buf text = {0};

	buf_puts(&text, "It began.");
	for (int i = 0; i < count; i++)
		buf_printf(&text, " %s%d", i % name_every ? "word" : "Name",
			(int)(pow(draw(), 2) * VOCABULARY));
	return text.data;
}

static void poll(struct world *world, int from)
{
	struct feed_entry entries[LISTED];
	char *links[LISTED], *titles[LISTED], *texts[LISTED];
	struct poll_reply reply;

	for (int i = 0; i < LISTED; i++) {
		links[i] = xasprintf("https://site%d.example/%d", i, from + i);
		titles[i] = write_words(TITLE, 3);
		texts[i] = write_words(TEXT, 9);
		entries[i] = (struct feed_entry)ENTRY(links[i], links[i], titles[i], texts[i]);
	}
	reply = world_poll(world, 1 + from / LISTED % FEEDS, entries, LISTED);
	poll_reply_finish(&reply);
	for (int i = 0; i < LISTED; i++) {
		free(links[i]);
		free(titles[i]);
		free(texts[i]);
	}
	world->now += 5;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 5000;
	struct edition_row row;
	struct world world;
	int64_t began;

	world_init(&world, FEEDS);
	world.config.fulltext = false;
	sqlite3_exec(store_db(world.store), "PRAGMA synchronous = OFF", NULL, NULL, NULL);
	began = clock_monotonic_ms();
	for (int i = 0; i < count; i += LISTED)
		poll(&world, i);
	printf("%d items: %.2f ms each to arrive", count,
		(double)(clock_monotonic_ms() - began) / count);
	began = clock_monotonic_ms();
	if (world_close(&world, "2026-11-22", &row) != STATUS_OK)
		return EXIT_FAILURE;
	printf(", %.3f ms each to close; %d in a story by chance\n",
		(double)(clock_monotonic_ms() - began) / count,
		(int)world_count(&world, "SELECT count(story_id) FROM item"));
	edition_row_finish(&row);
	world_finish(&world);
	return EXIT_SUCCESS;
}
