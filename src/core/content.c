#include "core/identity.h"
#include "core/mem.h"
#include "core/terms.h"
#include "core/utf8.h"

#include <openssl/evp.h>
#include <string.h>

/*
 * Fewer words say nothing: cookie notices, "read more on our site" and captions are shorter, and
 * the same on every page.
 */
enum { HASH_WORDS_MIN = 50 };

/* Three words in a row are one feature: their order counts, a changed word touches three. */
enum { SHINGLE = 3 };

struct simhash {
	int32_t votes[64];
	uint64_t last[SHINGLE];
	size_t count;
};

static void simhash_word(struct simhash *simhash, uint64_t word)
{
	uint64_t feature = 0;

	memmove(simhash->last, simhash->last + 1, sizeof(simhash->last) - sizeof(simhash->last[0]));
	simhash->last[SHINGLE - 1] = word;
	if (++simhash->count < SHINGLE)
		return;
	for (int i = 0; i < SHINGLE; i++)
		feature = terms_mix(feature ^ simhash->last[i]);
	for (int bit = 0; bit < 64; bit++)
		simhash->votes[bit] += feature >> bit & 1 ? 1 : -1;
}

static uint64_t simhash_end(const struct simhash *simhash)
{
	uint64_t hash = 0;

	if (simhash->count && simhash->count < SHINGLE)
		return terms_mix(
			simhash->last[SHINGLE - 1] ^ terms_mix(simhash->last[SHINGLE - 2]));
	for (int bit = 0; bit < 64; bit++)
		if (simhash->votes[bit] > 0)
			hash |= UINT64_C(1) << bit;
	return hash;
}

void content_mark(const char *text, struct content_marks *marks)
{
	struct simhash simhash = {.count = 0};
	struct sketch_reader reader = {.count = 0};
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	struct terms terms;
	bool is_good = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL);
	unsigned len = 0;

	memset(marks, 0, sizeof(*marks));
	for (terms_init(&terms, text); terms_next(&terms); marks->words++) {
		uint64_t hash = terms_hash(terms.word, terms.len);

		if (is_good) {
			terms.word[terms.len] = ' ';
			EVP_DigestUpdate(context, terms.word, terms.len + 1);
		}
		simhash_word(&simhash, hash);
		sketch_word(&marks->sketch, &reader, terms.word, terms.len, hash);
	}
	marks->simhash = simhash_end(&simhash);
	if (is_good && marks->words >= HASH_WORDS_MIN)
		marks->has_hash =
			EVP_DigestFinal_ex(context, marks->hash, &len) && len == CONTENT_HASH_BYTES;
	EVP_MD_CTX_free(context);
}

unsigned simhash_distance(uint64_t a, uint64_t b)
{
	return (unsigned)__builtin_popcountll(a ^ b);
}
