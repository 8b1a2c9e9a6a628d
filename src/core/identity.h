/* What makes two articles the same: canonical URL, content hash; and what makes them alike. */
#ifndef DIURNA_CORE_IDENTITY_H
#define DIURNA_CORE_IDENTITY_H

#include "core/buf.h"
#include "core/sketch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONTENT_HASH_BYTES = 32 };

/*
 * The canonical form of an absolute http(s) URL, the one that is compared and stored: RFC 3986
 * normalised, without fragment, tracking parameters, session ids and the like; "www" and the mobile
 * and AMP forms of a page are the page; a redirector that says where it leads is what it leads to.
 * Not for fetching. False: it is no such URL, nothing is written.
 */
bool url_canonical(const char *url, struct buf *to);
/*
 * The same address without what campaigns and click counters add to it ("utm_source", "fbclid"),
 * all else as it was: it leads to the same page. False: there is no such thing in it, nothing is
 * written.
 */
bool url_without_campaign(const char *url, struct buf *to);
/* The registrable domain of a URL ("bbc.co.uk"), or its host where there is none. False: no host.
 */
bool url_site(const char *url, struct buf *to);

/* What a text is known again by. */
struct content_marks {
	size_t words;
	bool has_hash;                    /* false: too short to say anything */
	uint8_t hash[CONTENT_HASH_BYTES]; /* SHA-256 over its words: case, punctuation and space
					     aside */
	uint64_t simhash;     /* near for texts that are near: compare with simhash_distance */
	struct sketch sketch; /* alike for texts that share wording */
};

/* text may be NULL. Reads it once. */
void content_mark(const char *text, struct content_marks *marks);
unsigned simhash_distance(uint64_t a, uint64_t b);

#endif
