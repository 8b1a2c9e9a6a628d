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

/* Votes are counted in the bytes of eight words, bit 8n + k in byte n of the kth. */
struct simhash {
	uint64_t counts[8]; /* of the latest words, 255 at most */
	size_t counted;
	uint32_t votes[64]; /* for a bit; of the words before */
	uint64_t last[SHINGLE];
	size_t count;
};

static void simhash_collect(struct simhash *simhash)
{
	for (int bit = 0; bit < 64; bit++)
		simhash->votes[bit] += simhash->counts[bit % 8] >> (bit - bit % 8) & UINT8_MAX;
	memset(simhash->counts, 0, sizeof(simhash->counts));
	simhash->counted = 0;
}

static void simhash_word(struct simhash *simhash, uint64_t word)
{
	uint64_t feature = 0;

	memmove(simhash->last, simhash->last + 1, sizeof(simhash->last) - sizeof(simhash->last[0]));
	simhash->last[SHINGLE - 1] = word;
	if (++simhash->count < SHINGLE)
		return;
	for (int i = 0; i < SHINGLE; i++)
		feature = terms_mix(feature ^ simhash->last[i]);
	for (int k = 0; k < 8; k++)
		simhash->counts[k] += feature >> k & UINT64_C(0x0101010101010101);
	if (++simhash->counted == UINT8_MAX)
		simhash_collect(simhash);
}

static uint64_t simhash_end(struct simhash *simhash)
{
	uint64_t hash = 0;
	size_t features = simhash->count - (SHINGLE - 1);

	if (simhash->count && simhash->count < SHINGLE)
		return terms_mix(
			simhash->last[SHINGLE - 1] ^ terms_mix(simhash->last[SHINGLE - 2]));
	if (simhash->count == 0)
		return 0;
	simhash_collect(simhash);
	for (int bit = 0; bit < 64; bit++)
		if (simhash->votes[bit] * (size_t)2 > features)
			hash |= UINT64_C(1) << bit;
	return hash;
}

/* Words on their way to the hash, which takes them at once faster than one by one. */
struct hashed {
	EVP_MD_CTX *context; /* NULL: there is none */
	char words[2048];
	size_t len;
};

static void hashed_flush(struct hashed *hashed)
{
	if (hashed->context)
		EVP_DigestUpdate(hashed->context, hashed->words, hashed->len);
	hashed->len = 0;
}

/* Ends with a space. */
static void hashed_put(struct hashed *hashed, const char *word, size_t len)
{
	if (hashed->len + len + 1 > sizeof(hashed->words))
		hashed_flush(hashed);
	memcpy(hashed->words + hashed->len, word, len);
	hashed->words[hashed->len + len] = ' ';
	hashed->len += len + 1;
}

void content_mark(const char *text, struct content_marks *marks)
{
	struct simhash simhash = {.count = 0};
	struct sketch_reader reader = {.count = 0};
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	struct hashed hashed = {.len = 0};
	struct terms terms;
	unsigned len = 0;

	memset(marks, 0, sizeof(*marks));
	if (context && EVP_DigestInit_ex(context, EVP_sha256(), NULL))
		hashed.context = context;
	for (terms_init(&terms, text); terms_next(&terms); marks->words++) {
		uint64_t hash = terms_hash(terms.word, terms.len);

		hashed_put(&hashed, terms.word, terms.len);
		simhash_word(&simhash, hash);
		sketch_word(&marks->sketch, &reader, terms.word, terms.len, hash);
	}
	marks->simhash = simhash_end(&simhash);
	hashed_flush(&hashed);
	if (hashed.context && marks->words >= HASH_WORDS_MIN)
		marks->has_hash =
			EVP_DigestFinal_ex(context, marks->hash, &len) && len == CONTENT_HASH_BYTES;
	EVP_MD_CTX_free(context);
}

unsigned simhash_distance(uint64_t a, uint64_t b)
{
	return (unsigned)__builtin_popcountll(a ^ b);
}
