#include "diurnad/polls_inner.h"

#include "core/clock.h"
#include "core/hash.h"
#include "core/log.h"
#include "core/mem.h"
#include "diurnad/weburl.h"

#include <stdlib.h>

bool polls_is_common(const struct config_feed *settings)
{
	return !settings ||
	       (!settings->user && !settings->password_file && !settings->cookie_file &&
		       !settings->header_count && !settings->proxy && !settings->user_agent);
}

static int by_id(const void *a, const void *b)
{
	int64_t x = (*(struct feed *const *)a)->id, y = (*(struct feed *const *)b)->id;

	return (x > y) - (x < y);
}

static struct feed *find(const struct daemon *daemon, size_t count, int64_t id)
{
	struct feed key = {.id = id}, *pointer = &key, **found;

	found = count ? bsearch(&pointer, daemon->feeds, count, sizeof(*daemon->feeds), by_id)
		      : NULL;
	return found ? *found : NULL;
}

struct load {
	struct daemon *daemon;
	int64_t now;
	size_t known; /* feeds that were there before, sorted */
	size_t space;
};

static void on_feed(void *context, const struct feed_brief *brief)
{
	struct load *load = context;
	struct daemon *daemon = load->daemon;
	struct feed *feed = find(daemon, load->known, brief->id);

	if (!feed) {
		feed = xcalloc(1, sizeof(*feed));
		feed->daemon = daemon;
		feed->id = brief->id;
		if (daemon->feed_count >= load->space) {
			load->space = load->space ? load->space * 2 : 64;
			daemon->feeds =
				xreallocarray(daemon->feeds, load->space, sizeof(*daemon->feeds));
		}
		daemon->feeds[daemon->feed_count++] = feed;
	}
	feed->is_wanted = true;
	polls_set_place(
		daemon, feed, brief->fetch_url, config_feed(daemon_config(daemon), brief->url));
	/* Polled in the future: the clock was wrong then, and so is the time of the next poll. */
	if (!feed->is_busy)
		heap_set(&daemon->feeds_due, &feed->node,
			brief->last_poll_at > load->now ? load->now : brief->next_at);
}

void polls_set_place(struct daemon *daemon, struct feed *feed, const char *url,
	const struct config_feed *settings)
{
	struct host *before = feed->host;
	struct weburl weburl;

	feed->host = dispatch_use_host(daemon->dispatch, url);
	dispatch_release_host(before);
	feed->place = 0;
	if (polls_is_common(settings) && weburl_init(&weburl, url)) {
		/* 0 is for those without one */
		feed->place = weburl.user ? 0 : hash_text(weburl.url) | 1;
		weburl_finish(&weburl);
	}
}

static int by_place(const void *a, const void *b)
{
	const struct feed *x = *(struct feed *const *)a, *y = *(struct feed *const *)b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

/* Feeds at one place are polled once, by the one that was there first. */
static void pair_feeds(struct daemon *daemon)
{
	struct feed **sorted = xcalloc(daemon->feed_count + 1, sizeof(*sorted)), *feed,
		    *leader = NULL;
	size_t i;

	daemon->pair_at = 0;
	for (i = 0; i < daemon->feed_count; i++) {
		sorted[i] = daemon->feeds[i];
		sorted[i]->twins = sorted[i]->next_twin = NULL;
	}
	qsort(sorted, daemon->feed_count, sizeof(*sorted), by_place);
	for (i = 0; i < daemon->feed_count; i++) {
		feed = sorted[i];
		if (!feed->place || !leader || leader->place != feed->place) {
			/* Its leader has left: it is due when it would have been. */
			if (feed->leader && !feed->is_busy)
				heap_set(&daemon->feeds_due, &feed->node, feed->node.due_at);
			feed->leader = NULL;
			leader = feed->is_wanted ? feed : NULL;
			continue;
		}
		feed->leader = leader;
		feed->next_twin = leader->twins;
		leader->twins = feed;
		heap_remove(&daemon->feeds_due, &feed->node);
	}
	free(sorted);
}

void polls_pair_due(struct daemon *daemon, int64_t now)
{
	/* The second: a clock that was set back. */
	if (daemon->pair_at && (daemon->pair_at <= now || daemon->pair_at > now + POLLS_PAIR_S))
		pair_feeds(daemon);
}

void polls_load(struct daemon *daemon)
{
	struct load load = {daemon, clock_now(), daemon->feed_count, daemon->feed_count};
	size_t i, kept = 0;

	/* Nobody is polled any more, and their hosts are gone. */
	if (daemon->is_stopping)
		return;
	for (i = 0; i < daemon->feed_count; i++)
		daemon->feeds[i]->is_wanted = false;
	if (feeds_load(daemon->reader, on_feed, &load) != STATUS_OK)
		log_err("store: feeds cannot be read: %s; what is not read is not polled until the next "
			"reload, `diurna check --store` tells more",
			store_error(daemon->reader));
	/* The unsubscribed leave; one whose poll is on its way leaves at the next reload. */
	for (i = 0; i < daemon->feed_count; i++) {
		struct feed *feed = daemon->feeds[i];

		if (feed->is_wanted || feed->is_busy) {
			daemon->feeds[kept++] = feed;
			continue;
		}
		heap_remove(&daemon->feeds_due, &feed->node);
		dispatch_release_host(feed->host);
		free(feed);
	}
	daemon->feed_count = kept;
	if (kept)
		qsort(daemon->feeds, kept, sizeof(*daemon->feeds), by_id);
	pair_feeds(daemon);
}

struct feed *polls_find(const struct daemon *daemon, int64_t feed_id)
{
	return find(daemon, daemon->feed_count, feed_id);
}

void polls_hasten(struct daemon *daemon, int64_t feed_id, int64_t at)
{
	struct feed *feed = find(daemon, daemon->feed_count, feed_id);

	if (!feed || feed->leader || feed->is_busy || feed->node.due_at <= at)
		return;
	heap_set(&daemon->feeds_due, &feed->node, ration_poll_at(&feed->ration, clock_now(), at));
	daemon_wake(daemon);
}

bool polls_force(struct daemon *daemon, int64_t feed_id)
{
	struct feed *feed = find(daemon, daemon->feed_count, feed_id);

	if (daemon->pair_at)
		pair_feeds(daemon);
	if (feed && feed->leader)
		feed = feed->leader;
	if (!feed || feed->is_busy)
		return false;
	feed->is_forced = true;
	heap_set(&daemon->feeds_due, &feed->node, 0);
	daemon_wake(daemon);
	return true;
}

void polls_free(struct daemon *daemon)
{
	size_t i;

	for (i = 0; i < daemon->feed_count; i++)
		if (daemon->feeds[i]->poll)
			poll_free(daemon->feeds[i]->poll);
	for (i = 0; i < daemon->feed_count; i++)
		free(daemon->feeds[i]);
	free(daemon->feeds);
	daemon->feeds = NULL;
	daemon->feed_count = 0; /* pages that wait ask for theirs */
	heap_finish(&daemon->feeds_due);
}
