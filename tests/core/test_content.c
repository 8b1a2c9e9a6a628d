#include "core/identity.h"
#include "core/terms.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PARAGRAPH                                                                                 \
	"The council met on Tuesday evening and agreed, after a debate of three hours, that the " \
	"old bridge over the river will be closed to lorries from the first of March until the "  \
	"new one has been opened; residents of both banks had asked for that since the flood of " \
	"last spring, when two of its piers were found to be damaged below the water line"

static struct content_marks marks_of(const char *text)
{
	struct content_marks marks;

	content_mark(text, &marks);
	return marks;
}

static void test_hash(void **state)
{
	struct content_marks a = marks_of(PARAGRAPH), b = marks_of("  " PARAGRAPH ".\n\n");

	(void)state;
	assert_true(a.has_hash && b.has_hash);
	assert_memory_equal(a.hash, b.hash, sizeof(a.hash));
	b = marks_of(PARAGRAPH " today");
	assert_memory_not_equal(a.hash, b.hash, sizeof(a.hash));
	assert_int_equal(b.words, a.words + 1);
	assert_false(marks_of("Read the whole story on our site.").has_hash);
	assert_false(marks_of("").has_hash);
	assert_false(marks_of(NULL).has_hash);
}

/* The stores there are have it: each word and a space, however long the text. */
static void test_hash_stays(void **state)
{
	static char text[9000], words[sizeof(text)];
	unsigned char want[CONTENT_HASH_BYTES];
	unsigned len = 0;

	(void)state;
	for (size_t at = 0, n = 0; at + 20 < sizeof(text); n++) {
		at += (size_t)snprintf(text + at, 20, "%s%zu, ", n % 3 ? "Words" : "W", n * n);
		snprintf(words + strlen(words), 20, "%s%zu ", n % 3 ? "words" : "w", n * n);
		if (n < 60)
			continue;
		assert_int_equal(
			EVP_Digest(words, strlen(words), want, &len, EVP_sha256(), NULL), 1);
		assert_memory_equal(marks_of(text).hash, want, sizeof(want));
	}
}

static uint64_t simhash_of(const char *text)
{
	return marks_of(text).simhash;
}

static void test_simhash(void **state)
{
	uint64_t whole = simhash_of(PARAGRAPH " " PARAGRAPH);

	(void)state;
	assert_int_equal(simhash_distance(whole, whole), 0);
	assert_true(simhash_distance(whole, simhash_of(PARAGRAPH " " PARAGRAPH " end")) <= 6);
	assert_true(simhash_distance(whole,
			    simhash_of("A recipe for apple cake: peel four apples, mix flour, "
				       "butter and sugar, and bake it for forty minutes until "
				       "it is brown on top; serve it warm with cream")) > 12);
	assert_int_equal(simhash_of(""), 0);
	assert_true(simhash_of("one two") != simhash_of("two three"));
}

static void test_terms(void **state)
{
	struct terms terms;

	(void)state;
	assert_true(terms_equal("Don’t STOP — now!", "don't stop now"));
	assert_true(terms_equal("ÉTÉ à Paris", "été À paris"));
	assert_false(terms_equal("a b", "a b c"));
	assert_true(terms_equal(NULL, ""));
	assert_int_equal(terms_count("東京タワー"), 5);
	assert_int_equal(terms_count("one, two;three"), 3);
	terms_init(&terms, "\xFFx");
	assert_true(terms_next(&terms));
	assert_string_equal(terms.word, "x");
	assert_true(terms_difference("a b c d", "a b c d") == 0);
	assert_true(terms_difference("12 comments", "13 comments") == 0);
	assert_true(terms_difference("a b c d", "e f g h") == 1);
	assert_true(terms_contain("Der ÄRGER", "ärger"));
	assert_false(terms_contain("a", "b"));
}

/* A word without end is cut, and every byte is read once. */
static void test_long(void **state)
{
	static char text[100000];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	assert_int_equal(terms_count(text), (sizeof(text) - 1 + WORD_BYTES - 1) / WORD_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_hash_stays),
		cmocka_unit_test(test_simhash),
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
