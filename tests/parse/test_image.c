/* What a picture is, by bytes that strangers chose. */
#include "parse/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *bytes;
	size_t len;
	const char *extension; /* NULL: none of ours */
	int width, height;
} cases[] = {
	{BYTES("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\1\x2C\0\0\0\xC8\x08\2\0\0\0"), "png", 300, 200},
	/* a side that nobody could show is not known */
	{BYTES("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\1\1\x2C\0\0\0\xC8\x08\2\0\0\0"), "png", 0, 0},
	{BYTES("GIF89a\x2C\1\xC8\0\0\0\0"), "gif", 300, 200},
	{BYTES("\xFF\xD8\xFF\xE0\0\4ab\xFF\xFF\xC2\0\x11\x08\0\xC8\1\x2C\3\0\0\0\0\0\0\0\0\0"),
		"jpg", 300, 200},
	/* tables of Huffman codes look like frames and are none */
	{BYTES("\xFF\xD8\xFF\xC4\0\x08\1\2\3\4\5\6\xFF\xC0\0\x11\x08\0\xC8\1\x2C\3\0\0\0"), "jpg",
		300, 200},
	{BYTES("\xFF\xD8\xFF\xE0\xFF\xFF"), "jpg", 0, 0},
	{BYTES("RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\x2B\1\0\xC7\0\0"), "webp", 300, 200},
	{BYTES("RIFF\0\0\0\0WEBPVP8L\x08\0\0\0\x2F\x2B\xC1\x31\0\0\0\0\0\0"), "webp", 300, 200},
	{BYTES("RIFF\0\0\0\0WEBPVP8 \x0A\0\0\0\0\0\0\x9D\1\x2A\x2C\1\xC8\0"), "webp", 300, 200},
	{BYTES("\0\0\0\x1C"
	       "ftypavif\0\0\0\0....meta....ispe\0\0\0\0\0\0\1\x2C\0\0\0\xC8"),
		"avif", 300, 200},
	{BYTES("<svg xmlns='http://www.w3.org/2000/svg'/>"), NULL, 0, 0},
	{BYTES("<!doctype html><script>alert(1)</script>"), NULL, 0, 0},
	{BYTES("RIFF\0\0\0\0WAVEfmt "), NULL, 0, 0},
	{BYTES("XXXX\0\0\0\0WEBPVP8X"), NULL, 0, 0},
	{BYTES(""), NULL, 0, 0},
};

/* 60,000 by 60,000 pixels of one colour are 20 KB, and 14 GB where they are shown. */
static void pictures_that_nobody_could_show(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} bombs[] = {
		{BYTES("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\xEA\x60\0\0\xEA\x60\x08\2\0\0\0")},
		{BYTES("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x08\2\0\0\0")},
		{BYTES("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\x7F\0\1\x2C\0\0\0\xC8\x08\2\0\0\0")},
		{BYTES("GIF89a\xFF\xFF\xFF\xFF\0\0\0")},
		{BYTES("RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF")},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bombs) / sizeof(bombs[0]); i++) {
		struct image_facts image = {0};

		assert_int_equal(image_read(bombs[i].bytes, bombs[i].len, &image), STATUS_LIMIT);
		assert_null(image.type);
	}
}

static void tells_kind_and_size(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct image_facts image = {0};
		enum status status = image_read(cases[i].bytes, cases[i].len, &image);

		assert_int_equal(status, cases[i].extension ? STATUS_OK : STATUS_UNSUPPORTED);
		if (!cases[i].extension)
			continue;
		assert_string_equal(image.extension, cases[i].extension);
		assert_int_equal(image.width, cases[i].width);
		assert_int_equal(image.height, cases[i].height);
	}
}

/* Every beginning, each in memory of exactly its size: the sanitizers see a byte too far. */
static void reads_no_byte_too_far(void **state)
{
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (len = 0; len <= cases[i].len; len++) {
			struct image_facts image = {0};
			char *copy = malloc(len + !len);

			assert_non_null(copy);
			memcpy(copy, cases[i].bytes, len);
			image_read(copy, len, &image);
			assert_in_range(image.width, 0, UINT16_MAX);
			free(copy);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_kind_and_size),
		cmocka_unit_test(pictures_that_nobody_could_show),
		cmocka_unit_test(reads_no_byte_too_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
