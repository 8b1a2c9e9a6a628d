/*
 * Hashes for tables in memory whose keys strangers choose: nobody who does not know the key of
 * this process can make two of them meet.
 */
#ifndef DIURNA_CORE_HASH_H
#define DIURNA_CORE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_key {
	uint64_t words[2];
};

/* SipHash-2-4. Source: Aumasson and Bernstein, SipHash: a fast short-input PRF (2012). */
uint64_t hash_with(const struct hash_key *key, const void *data, size_t len);

/* With a key that the system gave this process; another one in the next. From any thread. */
uint64_t hash_bytes(const void *data, size_t len);
uint64_t hash_text(const char *text);
/* Of a number that strangers choose, for its place in a table: much quicker. */
uint64_t hash_number(uint64_t number);

#endif
