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

bool content_hash(const char *text, uint8_t hash[CONTENT_HASH_BYTES])
{
	struct terms terms;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned len = 0;
	size_t count = 0;
	bool is_good = false;

	if (!context || !text || !EVP_DigestInit_ex(context, EVP_sha256(), NULL))
		goto out;
	terms_init(&terms, text);
	while (terms_next(&terms)) {
		EVP_DigestUpdate(context, terms.word, terms.len);
		EVP_DigestUpdate(context, " ", 1);
		count++;
	}
	if (count >= HASH_WORDS_MIN)
		is_good = EVP_DigestFinal_ex(context, hash, &len) && len == CONTENT_HASH_BYTES;
out:
	EVP_MD_CTX_free(context);
	return is_good;
}

/* Three words in a row are one feature: their order counts, a changed word touches three. */
enum { SHINGLE = 3 };

uint64_t content_simhash(const char *text)
{
	int32_t votes[64] = {0};
	uint64_t last[SHINGLE] = {0};
	struct terms terms;
	uint64_t hash = 0;
	size_t count = 0;

	if (!text)
		return 0;
	terms_init(&terms, text);
	while (terms_next(&terms)) {
		uint64_t feature = 0;

		memmove(last, last + 1, sizeof(last) - sizeof(last[0]));
		last[SHINGLE - 1] = terms_hash(terms.word, terms.len);
		if (++count < SHINGLE)
			continue;
		for (int i = 0; i < SHINGLE; i++)
			feature = terms_mix(feature ^ last[i]);
		for (int bit = 0; bit < 64; bit++)
			votes[bit] += feature >> bit & 1 ? 1 : -1;
	}
	if (count && count < SHINGLE)
		return terms_mix(last[SHINGLE - 1] ^ terms_mix(last[SHINGLE - 2]));
	for (int bit = 0; bit < 64; bit++)
		if (votes[bit] > 0)
			hash |= UINT64_C(1) << bit;
	return hash;
}

unsigned simhash_distance(uint64_t a, uint64_t b)
{
	return (unsigned)__builtin_popcountll(a ^ b);
}
