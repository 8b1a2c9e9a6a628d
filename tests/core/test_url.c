#include "core/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* RFC 3986, 5.4, and what people write. */
static void resolves_references(void **state)
{
	static const char base[] = "http://a/b/c/d;p?q";
	static const struct {
		const char *ref, *want;
	} cases[] = {
		{"g:h", "g:h"},
		{"g", "http://a/b/c/g"},
		{"./g", "http://a/b/c/g"},
		{"g/", "http://a/b/c/g/"},
		{"/g", "http://a/g"},
		{"//g", "http://g"},
		{"?y", "http://a/b/c/d;p?y"},
		{"g?y", "http://a/b/c/g?y"},
		{"#s", "http://a/b/c/d;p?q#s"},
		{"g#s", "http://a/b/c/g#s"},
		{";x", "http://a/b/c/;x"},
		{"", "http://a/b/c/d;p?q"},
		{".", "http://a/b/c/"},
		{"..", "http://a/b/"},
		{"../g", "http://a/b/g"},
		{"../..", "http://a/"},
		{"../../../g", "http://a/g"},
		{"/../g", "http://a/g"},
		{"g.", "http://a/b/c/g."},
		{"..g", "http://a/b/c/..g"},
		{"./g/.", "http://a/b/c/g/"},
		{"g/../h", "http://a/b/c/h"},
		{"g;x=1/./y", "http://a/b/c/g;x=1/y"},
		{"g?y/../x", "http://a/b/c/g?y/../x"},
		{" g\n/h ", "http://a/b/c/g/h"},
		{"a b\"<>", "http://a/b/c/a%20b%22%3C%3E"},
		{"HTTP://X/", "HTTP://X/"},
	};
	struct buf buf = {0};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		buf_clear(&buf);
		url_resolve(base, cases[i].ref, &buf);
		assert_string_equal(buf_text(&buf), cases[i].want);
	}
	buf_finish(&buf);
}

static void leaves_relative_without_base(void **state)
{
	struct buf buf = {0};

	(void)state;
	url_resolve(NULL, " /a/../b ", &buf);
	assert_string_equal(buf_text(&buf), "/a/../b");
	buf_clear(&buf);
	url_resolve("no-scheme", "x", &buf);
	assert_string_equal(buf_text(&buf), "x");
	buf_finish(&buf);
}

static void takes_apart(void **state)
{
	static const char text[] = "https://me:pw@[::1]:8080/p/q?x=1#f";
	struct url url;

	(void)state;
	url_split(text, strlen(text), &url);
	assert_int_equal(url.scheme.len, 5);
	assert_memory_equal(url.userinfo.data, "me:pw", url.userinfo.len);
	assert_int_equal(url.host.len, 5);
	assert_memory_equal(url.host.data, "[::1]", 5);
	assert_memory_equal(url.port.data, "8080", url.port.len);
	assert_memory_equal(url.path.data, "/p/q", url.path.len);
	assert_memory_equal(url.query.data, "x=1", url.query.len);
	assert_memory_equal(url.fragment.data, "f", url.fragment.len);
}

static void sees_active_schemes(void **state)
{
	static const char *const active[] = {"javascript:x", " JavaScript:x", "java\nscript:x",
		"\x01javascript:x", "vbscript:x", "data:text/html,x", "data :x", "blob:x"};
	static const char *const harmless[] = {
		"http://javascript:1/", "x", "", "javascript", "mailto:a", "/javascript:x"};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(active); i++)
		assert_true(url_is_active(active[i]));
	for (i = 0; i < COUNT(harmless); i++)
		assert_false(url_is_active(harmless[i]));
	assert_true(url_is_web("https://a.example/x"));
	assert_false(url_is_web("https:///x"));
	assert_false(url_is_web("http://a b/"));
	assert_false(url_is_web("ftp://a/"));
	assert_true(url_is_web("http://[2001:db8::1]:8080/x"));
	assert_false(url_is_web("http://[::bad"));
	assert_false(url_is_web("http://[::x]/"));
	assert_false(url_is_web("http://a]b/"));
}

static void forms(void **state)
{
	static const char *const table[][8] = {
		{"http://a.example/feed?x=1", "https://a.example/feed?x=1",
			"http://www.a.example/feed?x=1", "https://www.a.example/feed?x=1",
			"http://a.example/feed/?x=1", "https://a.example/feed/?x=1",
			"http://www.a.example/feed/?x=1", "https://www.a.example/feed/?x=1"},
		{"https://WWW.a.example:8443", "http://WWW.a.example:8443",
			"https://a.example:8443", "http://a.example:8443",
			"https://WWW.a.example:8443/", "http://WWW.a.example:8443/",
			"https://a.example:8443/", "http://a.example:8443/"},
		{"feed:x"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct buf form = {0};

		for (unsigned n = 0; n < 8; n++) {
			const char *want = n < 7 ? table[i][n + 1] : NULL;

			buf_clear(&form);
			assert_int_equal(url_form(table[i][0], n, &form), want != NULL);
			assert_string_equal(buf_text(&form), want ? want : "");
		}
		buf_finish(&form);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolves_references),
		cmocka_unit_test(leaves_relative_without_base),
		cmocka_unit_test(takes_apart),
		cmocka_unit_test(sees_active_schemes),
		cmocka_unit_test(forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
