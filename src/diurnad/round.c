/* --once: a single round, and its end. */
#include "diurnad/daemon.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdio.h>
#include <stdlib.h>

bool round_is_over(struct daemon *daemon, int64_t now)
{
	const struct heap_node *feed = heap_first(&daemon->feeds_due);

	return daemon->polls_busy == 0 && daemon->lists_busy == 0 &&
	       pages_pressing(daemon, now) == 0 && walks_pressing(daemon, now) == 0 &&
	       !images_pressing(daemon, now) && !(feed && feed->due_at <= now) &&
	       storeq_waiting(daemon->storeq) == 0 && closing_is_idle(daemon);
}

struct force {
	struct daemon *daemon;
	const struct options *options;
	bool *found; /* of options->feeds */
};

static void on_maybe_named(void *context, const struct feed_brief *feed)
{
	struct force *force = context;
	char number[24];
	int i;

	snprintf(number, sizeof(number), "%lld", (long long)feed->id);
	for (i = 0; i < force->options->feed_count; i++) {
		const char *name = force->options->feeds[i];

		if (str_eq(name, feed->url) || str_eq(name, number)) {
			polls_force(force->daemon, feed->id);
			force->found[i] = true;
		}
	}
}

/* How many feeds the round will ask. */
static void tell_asked(const struct daemon *daemon)
{
	size_t asked = 0, i;
	int64_t now = clock_now();

	for (i = 1; i <= daemon->feeds_due.count; i++)
		asked += daemon->feeds_due.nodes[i]->due_at <= now;
	printf("{\"asked\":%zu}\n", asked);
	fflush(stdout);
}

bool round_prepare(struct daemon *daemon, const struct options *options)
{
	bool *found = xcalloc((size_t)options->feed_count + 1, sizeof(*found)), is_complete = true;
	struct force force = {daemon, options, found};
	size_t i;
	int k;

	if (options->feed_count > 0)
		lists_free(daemon); /* what they would bring was not asked for */
	for (i = 0; i < daemon->feed_count; i++) {
		if (options->feed_count > 0)
			heap_remove(&daemon->feeds_due, &daemon->feeds[i]->node);
		else if (options->is_forced)
			polls_force(daemon, daemon->feeds[i]->id);
	}
	if (options->feed_count > 0)
		feeds_load(daemon->reader, on_maybe_named, &force);
	for (k = 0; k < options->feed_count; k++) {
		if (!found[k])
			log_err("not subscribed to %s; 'diurna feeds' lists numbers and URLs",
				log_visible(options->feeds[k]));
		is_complete &= found[k];
	}
	free(found);
	if (is_complete && options->progress == PROGRESS_JSON)
		tell_asked(daemon);
	if (is_complete && options->closes_edition)
		closing_ask(daemon);
	return is_complete;
}
