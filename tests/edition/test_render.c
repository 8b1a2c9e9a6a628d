/*
 * The hand-made edition in every format against golden files. After a wanted change:
 * DIURNA_GOLDEN=write tests/edition/test_render
 */
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"
#include "edition/render.h"
#include "model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *path_of(const char *name)
{
	const char *dir = getenv("DIURNA_TEST_DIR");

	return xasprintf("%s/edition/golden/%s", dir ? dir : "tests", name);
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t space = 0;

	if (!file)
		return xstrdup("");
	if (getdelim(&text, &space, '\0', file) < 0) {
		free(text);
		text = xstrdup("");
	}
	fclose(file);
	return text;
}

/* Our own style would make golden files of it. */
static void cut_style(char *text)
{
	char *from = strstr(text, "<meta http-equiv"), *to = strstr(text, "</style>\n");

	if (from && to)
		memmove(from, to + 9, strlen(to + 9) + 1);
}

static void check(const char *name, char *text)
{
	char *path = path_of(name), *want;
	FILE *file;

	cut_style(text);
	if (str_eq(getenv("DIURNA_GOLDEN"), "write")) {
		file = fopen(path, "we");
		assert_non_null(file);
		fputs(text, file);
		fclose(file);
	}
	want = read_file(path);
	assert_string_equal(text, want);
	free(want);
	free(path);
}

static char *render(const struct edition_format *format, const struct edition_section *section)
{
	char *text = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&text, &len);

	assert_non_null(file);
	assert_int_equal(format->render(file, model_edition(), section), STATUS_OK);
	fclose(file);
	return text;
}

static void every_format_is_as_recorded(void **state)
{
	const struct edition *edition = model_edition();
	size_t i, s;

	(void)state;
	for (i = 0; i < edition_format_count; i++) {
		if (edition_formats[i].is_whole)
			continue;
		for (s = 0; s < edition->section_count; s++) {
			const struct edition_section *section = &edition->sections[s];
			char *name =
				xasprintf("%s.%s", section->slug, edition_formats[i].extension);
			char *text = render(&edition_formats[i], section);

			check(name, text);
			free(text);
			free(name);
		}
	}
}

static void front_page_is_as_recorded(void **state)
{
	static const char *const formats[] = {"markdown", "html"};
	char *text = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&text, &len);

	(void)state;
	assert_int_equal(render_front(file, model_edition(), formats, 2), STATUS_OK);
	fclose(file);
	check("index.html", text);
	free(text);
}

static int count_of(const char *text, const char *word)
{
	int count = 0;

	for (; (text = strstr(text, word)) != NULL; text++)
		count++;
	return count;
}

/* Nothing of an item is markup of the page. */
static void foreign_text_is_escaped(void **state)
{
	const struct edition *edition = model_edition();
	char *html = render(edition_format_find("html"), &edition->sections[0]);
	char *markdown = render(edition_format_find("markdown"), &edition->sections[0]);

	(void)state;
	assert_null(strstr(html, "<b>things"));
	assert_null(strstr(html, "<b>."));
	assert_null(strstr(html, "?a=1&b"));
	assert_non_null(strstr(html, "Five &lt;b&gt;things&lt;/b&gt;"));
	assert_null(strstr(html, "<script"));
	assert_null(strstr(markdown, "<b>things"));
	assert_null(strstr(markdown, " *more*"));
	free(html);
	free(markdown);
}

/* The outline of the page never skips a level. */
static void headings_stand_in_order(void **state)
{
	const struct edition *edition = model_edition();
	char *html = render(edition_format_find("html"), &edition->sections[0]);
	const char *p;
	int level = 0, count = 0;

	(void)state;
	for (p = html; (p = strstr(p, "<h")) != NULL; p++) {
		if (p[2] < '1' || p[2] > '6')
			continue;
		assert_true(p[2] - '0' <= level + 1);
		level = p[2] - '0';
		count++;
	}
	assert_int_equal(count, 11);
	free(html);
}

/* Who reports a story several times is named once, with all its reports behind the name. */
static void a_source_is_named_once(void **state)
{
	static const char *const formats[] = {"html", "markdown", "text"};
	const struct edition_item items[] = {
		{.id = 1, .title = "The quay", .source = "Courier", .url = "http://a.example/1"},
		{.id = 2, .title = "first", .source = "Tern", .url = "http://a.example/2"},
		{.id = 3, .title = "second", .source = "Gull", .url = "http://a.example/3"},
		{.id = 4, .title = "The quay", .source = "Tern", .url = "http://a.example/4"},
		{.id = 5, .title = "The quay", .source = "Heron", .url = "http://a.example/5"},
		{.id = 6, .title = "third", .source = "Gull", .url = "http://a.example/6"},
	};
	static const size_t order[] = {1, 3, 2, 5, 4, 0};
	const struct edition_story story = {items, ARRAY_LEN(items), 1};
	struct edition_section section = model_edition()->sections[0];
	size_t i, at = 0;
	char *text;

	(void)state;
	for (i = 0; i < ARRAY_LEN(order); i++) {
		at = also_next(&story, at);
		assert_int_equal(at, order[i]);
	}
	section.stories = &story;
	section.story_count = 1;
	for (i = 0; i < ARRAY_LEN(formats); i++) {
		text = render(edition_format_find(formats[i]), &section);
		assert_int_equal(count_of(text, "Tern"), 1);
		assert_int_equal(count_of(text, "Gull"), 1);
		assert_int_equal(count_of(text, "Heron"), 1);
		assert_true(strstr(text, "Tern") < strstr(text, "a.example/4"));
		assert_true(strstr(text, "a.example/4") < strstr(text, "Gull"));
		assert_true(strstr(text, "Gull") < strstr(text, "a.example/6"));
		assert_true(strstr(text, "a.example/6") < strstr(text, "Heron"));
		free(text);
	}
}

static void render_whole(const struct edition_format *format, char **bytes, size_t *len)
{
	FILE *file = open_memstream(bytes, len);

	assert_non_null(file);
	assert_int_equal(format->render(file, model_edition(), NULL), STATUS_OK);
	fclose(file);
}

/* OCF 3.3, 4.2: "mimetype" first, stored, without an extra field; and the same bytes every time. */
static void book_is_a_container(void **state)
{
	static const char type[] = "mimetypeapplication/epub+zip";
	char *first = NULL, *second = NULL;
	size_t first_len = 0, second_len = 0;

	(void)state;
	render_whole(edition_format_find("epub"), &first, &first_len);
	render_whole(edition_format_find("epub"), &second, &second_len);
	assert_true(first_len > 1000);
	assert_memory_equal(first, "PK\x03\x04", 4);
	assert_memory_equal(first + 30, type, sizeof(type) - 1);
	assert_int_equal(first_len, second_len);
	assert_memory_equal(first, second, first_len);
	free(first);
	free(second);
}

/* RFC 1153 wants lines that a terminal holds; only a URL may be longer. */
static void text_fits_its_columns(void **state)
{
	char *text = render(edition_format_find("text"), &model_edition()->sections[0]), *line,
	     *rest;

	(void)state;
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (!strstr(line, "http"))
			assert_true(utf8_columns(line) <= 72);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_is_as_recorded),
		cmocka_unit_test(front_page_is_as_recorded),
		cmocka_unit_test(foreign_text_is_escaped),
		cmocka_unit_test(headings_stand_in_order),
		cmocka_unit_test(a_source_is_named_once),
		cmocka_unit_test(book_is_a_container),
		cmocka_unit_test(text_fits_its_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
