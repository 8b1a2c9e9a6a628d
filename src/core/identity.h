/* What makes two articles the same: canonical URL, content hash; and what makes them alike. */
#ifndef DIURNA_CORE_IDENTITY_H
#define DIURNA_CORE_IDENTITY_H

#include "core/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONTENT_HASH_BYTES = 32 };

/*
 * The canonical form of an absolute http(s) URL, the one that is compared and stored: RFC 3986
 * normalised, without fragment, tracking parameters, session ids and the like. False: it is no such
 * URL, nothing is written.
 */
bool url_canonical(const char *url, struct buf *to);
/* The registrable domain of a URL ("bbc.co.uk"), or its host where there is none. False: no host.
 */
bool url_site(const char *url, struct buf *to);

/*
 * SHA-256 over the normalised words of a text (case, punctuation, white space aside). False: the
 * text is too short to say anything; no hash is written.
 */
bool content_hash(const char *text, uint8_t hash[CONTENT_HASH_BYTES]);
/* 64 bits that are near for texts that are near: compare with simhash_distance. */
uint64_t content_simhash(const char *text);
unsigned simhash_distance(uint64_t a, uint64_t b);

#endif
