/*
 * What the files of polls share. polls.c: a poll on its way. polls_say.c: what is said of it.
 * polls_feeds.c: which feeds there are, when they are due, and which are polled together.
 */
#ifndef DIURNA_DIURNAD_POLLS_INNER_H
#define DIURNA_DIURNAD_POLLS_INNER_H

#include "diurnad/daemon.h"

/* What a document is called that is none, where nothing more is known. */
#define NOT_A_FEED "not a feed"

/* So long after a feed has moved it is looked whether it is where another one is. */
enum { POLLS_PAIR_S = 10 };

/* What a poll means for one feed. */
struct share {
	struct feed *feed;
	struct feed_row row;       /* as it was when the request was made */
	struct poll_result result; /* points into row, response, answer */
	struct poll_reply reply;
};

/* One poll on its way, from the request to the store and back. */
struct poll {
	struct storeq_msg msg; /* first member */
	struct daemon *daemon;
	struct settings *settings;
	struct share share;  /* of the feed that is polled */
	struct share *twins; /* of feeds at the same place */
	size_t twin_count;
	struct fetch_response response;
	struct answer answer;
	uint8_t body_hash[32];
	bool is_new_to_some; /* a twin has had nothing yet: all of it is asked for */
};

/* The poll is over, or will not be: its feeds are free again. */
void poll_free(struct poll *poll);

/* "feed 12 https://...: 3 new, 0 changed of 20, next in 1 h": what is stored of it, in the log. */
void poll_say(const struct poll *poll, const struct share *share);
/* The same on stdout, for who waits for the round; not PROGRESS_NONE. */
void poll_show(const struct share *share, enum progress progress);

/* Who asks for something else than everybody gets is asked for alone. settings NULL: nothing. */
bool polls_is_common(const struct config_feed *settings);
/* The feed is polled at url from now on: its host, and its place where others may be too. */
void polls_set_place(struct daemon *daemon, struct feed *feed, const char *url,
	const struct config_feed *settings);
/* Feeds that have moved to one place are polled together, once it is time to look. */
void polls_pair_due(struct daemon *daemon, int64_t now);

#endif
