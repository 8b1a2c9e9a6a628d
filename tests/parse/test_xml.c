#include "core/limits.h"
#include "core/str.h"
#include "parse/xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The events of a document in short: <name text /name. */
static const char *events(const char *source, struct buf *to)
{
	struct arena arena = {0};
	struct xml_reader r;
	enum xml_event event;

	buf_clear(to);
	xml_reader_init(&r, source, strlen(source), "http://b.example/", &arena);
	while ((event = xml_next(&r)) != XML_END_OF_DOCUMENT) {
		if (event == XML_CHARS) {
			xml_put_text(&r, r.text, r.text_len, r.is_literal, to);
			continue;
		}
		buf_putc(to, event == XML_START ? '<' : '/');
		buf_put(to, r.name, r.name_len);
		buf_putc(to, ' ');
	}
	xml_reader_finish(&r);
	arena_finish(&arena);
	return buf_text(to);
}

static void reads_what_is_broken(void **state)
{
	static const struct {
		const char *source, *want;
	} cases[] = {
		{"<a>x<b/>y</a>", "<a x<b /b y/a "},
		{"<a><b>x</a>y", "<a <b x/b /a y"}, /* b is not ended */
		{"<a>x</b>y</a>", "<a xy/a "},      /* b never began */
		{"<A>x</a>", "<A x/A "},            /* case */
		{"<a>x & y < z &amp; &nbsp;</a>", "<a x & y < z & \xC2\xA0/a "},
		{"<a><![CDATA[<&amp;]]>x<![cdata[y]]></a>", "<a <&amp;xy/a "},
		{"<a><![CDATA[x</a>", "<a x/a "},           /* CDATA is not ended */
		{"<a><!-- x --><!-- y <b/></a>", "<a /a "}, /* a comment is not: it ends at '>' */
		{"<?xml version='1.0'><a><?p x?>y", "<a y/a "},
		{"<a b=1 c='<' d e=\"x>y\">z</a>", "<a z/a "},
		{"<a <b>x</b></a>", "<a <b x/b /a "},
		{"<a b='x", ""},
		{"x<a", "x"},
	};
	struct buf got = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(events(cases[i].source, &got), cases[i].want);
	buf_finish(&got);
}

static void knows_namespaces_by_uri(void **state)
{
	static const char source[] =
		"<x:a xmlns:x='http://purl.org/dc/elements/1.1/' xmlns='http://www.w3.org/2005/Atom/'>"
		"<b xmlns='urn:other'/><media:c/><content:d xmlns:content='urn:other'/></x:a>";
	static const enum xml_ns want[] = {XML_NS_DC, XML_NS_OTHER, XML_NS_MEDIA, XML_NS_OTHER};
	struct arena arena = {0};
	struct xml_reader r;
	enum xml_event event;
	size_t n = 0;

	(void)state;
	xml_reader_init(&r, source, sizeof(source) - 1, NULL, &arena);
	while ((event = xml_next(&r)) != XML_END_OF_DOCUMENT) {
		if (event == XML_START)
			assert_int_equal(r.ns, want[n++]);
	}
	assert_int_equal(n, 4);
	xml_reader_finish(&r);
	arena_finish(&arena);
}

static void follows_xml_base(void **state)
{
	static const char source[] =
		"<a xml:base='x/y'><b xml:base='../z/' xml:lang=' de '><c/></b></a>";
	struct arena arena = {0};
	struct xml_reader r;

	(void)state;
	xml_reader_init(&r, source, sizeof(source) - 1, "http://b.example/", &arena);
	while (xml_next(&r) != XML_START || r.depth < 3)
		continue;
	assert_string_equal(xml_base(&r), "http://b.example/z/");
	assert_string_equal(xml_language(&r), "de");
	xml_reader_finish(&r);
	arena_finish(&arena);
}

static void bounds_entities(void **state)
{
	struct buf source = {0}, got = {0};
	int i;

	(void)state;
	buf_puts(&source, "<!DOCTYPE a [<!ENTITY l0 'lol'>");
	for (i = 1; i < 10; i++)
		buf_printf(&source, "<!ENTITY l%d '&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;'>", i, i - 1,
			i - 1, i - 1, i - 1, i - 1, i - 1);
	buf_puts(&source, "<!ENTITY f SYSTEM 'file:///etc/hostname'>]><a>&l1;|&f;|");
	assert_non_null(strstr(events(buf_text(&source), &got), "lollollollollollol|&f;|"));
	for (i = 0; i < 20000; i++)
		buf_puts(&source, "&l9;");
	events(buf_text(&source), &got);
	assert_true(got.len < 4 * (LIMIT_XML_EXPANSION + source.len));
	buf_finish(&source);
	buf_finish(&got);
}

/* Elements below the limit are read over; what follows them is read. */
static void bounds_depth(void **state)
{
	struct buf source = {0}, got = {0};
	int i;

	(void)state;
	buf_puts(&source, "<top>");
	for (i = 0; i < 100000; i++)
		buf_puts(&source, "<d>");
	for (i = 0; i < 100000; i++)
		buf_puts(&source, "</d>");
	buf_puts(&source, "<after/></top>");
	assert_true(str_ends(events(buf_text(&source), &got), "<after /after /top "));
	buf_finish(&source);
	buf_finish(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_is_broken),
		cmocka_unit_test(knows_namespaces_by_uri),
		cmocka_unit_test(follows_xml_base),
		cmocka_unit_test(bounds_entities),
		cmocka_unit_test(bounds_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
