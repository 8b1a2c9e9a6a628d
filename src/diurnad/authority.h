/*
 * What is known of the robots.txt of one scheme, host and port. Source: RFC 9309.
 */
#ifndef DIURNA_DIURNAD_AUTHORITY_H
#define DIURNA_DIURNAD_AUTHORITY_H

#include "diurnad/fetch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ROBOTS_AGAIN_S = 3600 }; /* a robots.txt that could not be read is asked for again */

struct robots;

struct authority {
	struct authority *next;
	char *name;           /* "https://example.org" */
	struct robots *rules; /* NULL: everything is allowed, or is_unreachable */
	int64_t fetched_at;   /* epoch seconds */
	bool is_known;        /* what follows from robots.txt is known */
	bool is_unreachable;  /* nothing is allowed for now */
	bool was_recalled;    /* the store was asked */
};

void authority_free(struct authority *authority);

/* The status that an answer counts as: 404 allows everything, 0 or 500 and more nothing. */
int authority_status(const struct fetch_response *response);
/* robots.txt was read, or not. body: NULL is an empty one. */
void authority_learn(struct authority *authority, int http_status, const char *body, size_t len,
	int64_t fetched_at);
/* It need not be read again yet. */
bool authority_is_fresh(const struct authority *authority);
/* A page may be asked for; path_query as it is sent. */
bool authority_allows(const struct authority *authority, const char *path_query);
/* The distance between two pages that it wants, within bounds. */
int64_t authority_crawl_delay_ms(const struct authority *authority);

#endif
