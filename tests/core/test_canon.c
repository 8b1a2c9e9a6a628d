#include "core/identity.h"
#include "core/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
	const char *url;
	const char *want; /* NULL: none */
} canonical[] = {
	{"https://a.example/x", "https://a.example/x"},
	{"http://A.Example:80/x#part", "https://a.example/x"},
	{"https://a.example:443", "https://a.example/"},
	{"https://a.example:8443/x", "https://a.example:8443/x"},
	{"https://user:secret@a.example/x", "https://a.example/x"},
	{"https://a.example./x", "https://a.example/x"},
	{" https://a.example/x y\n", "https://a.example/x%20y"},
	{"https://a.example/a/../b/./c", "https://a.example/b/c"},
	{"https://a.example/%7euser/%c3%a9?q=%2f", "https://a.example/~user/%C3%A9?q=%2F"},
	{"https://a.example/é", "https://a.example/%C3%A9"},
	{"https://a.example/x?utm_source=rss&utm_medium=feed", "https://a.example/x"},
	{"https://a.example/x?id=7&fbclid=abc&UTM_Campaign=y", "https://a.example/x?id=7"},
	{"https://a.example/x?b=2&a=1&a=0", "https://a.example/x?a=1&a=0&b=2"},
	{"https://a.example/x?", "https://a.example/x"},
	{"https://a.example/x?&&", "https://a.example/x"},
	{"https://a.example/x;jsessionid=0A1B?id=1", "https://a.example/x?id=1"},
	{"https://a.example/x?PHPSESSID=1", "https://a.example/x"},
	{"https://a.example/x?ref=rss&p=3", "https://a.example/x?p=3"},
	{"https://a.example/x?ref=main", "https://a.example/x?ref=main"},
	{"https://a.example/x//", "https://a.example/x/"},
	{"https://b\xC3\xBC"
	 "cher.example/",
		"https://xn--bcher-kva.example/"},
	{"https://B\xC3\x9C"
	 "CHER.example/",
		"https://xn--bcher-kva.example/"},
	{"https://例え.テスト/", "https://xn--r8jz45g.xn--zckzah/"},
	{"https://пример.испытание/", "https://xn--e1afmkfd.xn--80akhbyknj4f/"},
	{"ftp://a.example/x", NULL},
	{"mailto:a@b.example", NULL},
	{"/x", NULL},
	{"", NULL},
	{"https://", NULL},
	{"javascript:alert(1)", NULL},
};

static void test_canonical(void **state)
{
	struct buf buf = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(canonical); i++) {
		buf_clear(&buf);
		if (url_canonical(canonical[i].url, &buf) != (canonical[i].want != NULL))
			fail_msg("%s: %s", canonical[i].url, buf_text(&buf));
		assert_string_equal(buf_text(&buf), canonical[i].want ? canonical[i].want : "");
	}
	buf_finish(&buf);
}

/* The canonical form of a canonical form is itself: else nothing known would be found again. */
static void test_stable(void **state)
{
	struct buf once = {0}, twice = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(canonical); i++) {
		buf_clear(&once);
		buf_clear(&twice);
		if (!url_canonical(canonical[i].url, &once))
			continue;
		assert_true(url_canonical(buf_text(&once), &twice));
		assert_string_equal(buf_text(&once), buf_text(&twice));
	}
	buf_finish(&once);
	buf_finish(&twice);
}

static void test_site(void **state)
{
	static const char *const rows[][2] = {
		{"https://www.news.bbc.co.uk/a", "bbc.co.uk"},
		{"http://a.example/", "a.example"},
		{"https://x.github.io/", "x.github.io"},
		{"https://192.0.2.1/x", "192.0.2.1"},
		{"https://[2001:db8::1]:80/x", "[2001:db8::1]"},
		{"http://localhost:8080/", "localhost"},
		{"https://WWW.A.EXAMPLE/", "a.example"},
	};
	struct buf buf = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_clear(&buf);
		assert_true(url_site(rows[i][0], &buf));
		assert_string_equal(buf_text(&buf), rows[i][1]);
	}
	assert_false(url_site("/x", &buf));
	assert_false(url_site(NULL, &buf));
	buf_finish(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_stable),
		cmocka_unit_test(test_site),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
