/*
 * The words of a text in a form for comparing: lower case, without punctuation. In scripts that
 * are written without spaces every character is a word.
 */
#ifndef DIURNA_CORE_TERMS_H
#define DIURNA_CORE_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORD_BYTES = 128 }; /* of one word; what is longer is cut into pieces */

struct terms {
	const char *at;            /* where reading goes on */
	const char *end;           /* behind the last byte */
	char word[WORD_BYTES + 8]; /* the word found, ends with NUL */
	size_t len;                /* its bytes */
	const char *start;         /* of the word as it is written */
	bool is_number;            /* digits only */
	bool is_capital;           /* it begins with a capital letter */
};

/* text is borrowed; NULL is empty. */
void terms_init(struct terms *terms, const char *text);
/* The next word; false at the end. */
bool terms_next(struct terms *terms);
size_t terms_count(const char *text);

/* 64 bits of a run of bytes, well mixed; no cryptographic strength. */
uint64_t terms_hash(const char *data, size_t len);
uint64_t terms_mix(uint64_t value);

/* The same words in the same order. */
bool terms_equal(const char *a, const char *b);
/*
 * How much of two texts differs: words that only one of them has, by the words of both, 0 to 1.
 * Numbers do not count: counters of comments and "5 minutes ago" are no change.
 */
double terms_difference(const char *a, const char *b);
/* needle is a part of text, by its characters without case; an empty needle is. */
bool terms_contain(const char *text, const char *needle);

#endif
