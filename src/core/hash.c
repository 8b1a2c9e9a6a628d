#include "core/hash.h"

#include "core/clock.h"
#include "core/terms.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static struct hash_key key_here;

/* What the machine does not have ready yet is made of what strangers do not see either. */
static void key_init(void)
{
	if (getrandom(&key_here, sizeof(key_here), GRND_NONBLOCK) == sizeof(key_here))
		return;
	key_here.words[0] = (uint64_t)clock_monotonic_ms();
	key_here.words[1] = (uint64_t)(uintptr_t)&key_here;
}

static uint64_t turned(uint64_t value, int bits)
{
	return value << bits | value >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = turned(v[1], 13) ^ v[0];
	v[3] = turned(v[3], 16) ^ v[2];
	v[0] = turned(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = turned(v[1], 17) ^ v[2];
	v[3] = turned(v[3], 21) ^ v[0];
	v[2] = turned(v[2], 32);
}

/* Little-endian, whatever the machine. */
static uint64_t word_at(const uint8_t *bytes, size_t len)
{
	uint64_t word = 0;

	for (size_t i = 0; i < len; i++)
		word |= (uint64_t)bytes[i] << 8 * i;
	return word;
}

static void take_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

uint64_t hash_with(const struct hash_key *key, const void *data, size_t len)
{
	const uint8_t *bytes = data;
	uint64_t v[4] = {
		key->words[0] ^ UINT64_C(0x736F6D6570736575),
		key->words[1] ^ UINT64_C(0x646F72616E646F6D),
		key->words[0] ^ UINT64_C(0x6C7967656E657261),
		key->words[1] ^ UINT64_C(0x7465646279746573),
	};
	size_t at;

	for (at = 0; at + 8 <= len; at += 8)
		take_word(v, word_at(bytes + at, 8));
	take_word(v, word_at(bytes + at, len - at) | (uint64_t)len << 56);
	v[2] ^= 0xFF;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t hash_bytes(const void *data, size_t len)
{
	pthread_once(&key_once, key_init);
	return hash_with(&key_here, data, len);
}

uint64_t hash_text(const char *text)
{
	return hash_bytes(text, strlen(text));
}

uint64_t hash_number(uint64_t number)
{
	pthread_once(&key_once, key_init);
	return terms_mix(terms_mix(number ^ key_here.words[0]) ^ key_here.words[1]);
}
