#include "core/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The authors' test vectors: the key 0, 1, 2, ... and so many bytes 0, 1, 2, ... */
static void hashes_as_its_authors_do(void **state)
{
	static const struct {
		size_t len;
		uint64_t want;
	} cases[] = {
		{0, UINT64_C(0x726fdb47dd0e0e31)},
		{1, UINT64_C(0x74f839c593dc67fd)},
		{7, UINT64_C(0xab0200f58b01d137)},
		{8, UINT64_C(0x93f5f5799a932462)},
		{15, UINT64_C(0xa129ca6149be45e5)},
		{63, UINT64_C(0x958a324ceb064572)},
	};
	const struct hash_key key = {{UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)}};
	uint8_t bytes[64];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_true(hash_with(&key, bytes, cases[i].len) == cases[i].want);
}

/* The key is none that can be read in the source. */
static void has_a_key_of_its_own(void **state)
{
	const struct hash_key zeros = {{0, 0}};
	const char *text = "http://a.example/feed";

	(void)state;
	assert_true(hash_text(text) == hash_bytes(text, strlen(text)));
	assert_true(hash_text(text) != hash_with(&zeros, text, strlen(text)));
}

/* Numbers whose low bits are all the same, or all in a row, take their places as if by chance. */
static void numbers_that_were_chosen_do_not_meet(void **state)
{
	enum { PLACES = 1024, NUMBERS = 512 };
	static const int shifts[] = {0, 16, 32, 50};
	size_t taken, s;

	(void)state;
	for (s = 0; s < sizeof(shifts) / sizeof(shifts[0]); s++) {
		bool is_taken[PLACES] = {false};

		taken = 0;
		for (uint64_t i = 0; i < NUMBERS; i++) {
			size_t at = hash_number(i << shifts[s]) % PLACES;

			taken += !is_taken[at];
			is_taken[at] = true;
		}
		assert_true(taken > 300); /* 403 are expected */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_as_its_authors_do),
		cmocka_unit_test(has_a_key_of_its_own),
		cmocka_unit_test(numbers_that_were_chosen_do_not_meet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
