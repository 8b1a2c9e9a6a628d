/* Pages as publishing systems write them: tests/parse/metadata/NAME.html, its truth in NAME.want.
 */
#include "core/date.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "parse/extract.h"

#include <dirent.h>
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
	const char *folder = getenv("DIURNA_TEST_DIR");

	return xasprintf("%s/parse/metadata/%s", folder ? folder : "tests", name);
}

static void read_file(const char *name, struct buf *to)
{
	char *path = path_of(name);

	buf_clear(to);
	assert_int_equal(file_read(path, LIMIT_PAGE_BYTES, to), STATUS_OK);
	free(path);
}

/* What a .want says of a key; NULL: nothing. */
static const char *wanted(struct arena *arena, const char *want, const char *key)
{
	size_t len = strlen(key);

	for (; *want; want += strcspn(want, "\n") + 1) {
		if (strncmp(want, key, len) == 0 && str_starts(want + len, ": "))
			return arena_strndup(arena, want + len + 2, strcspn(want + len + 2, "\n"));
	}
	return NULL;
}

/* The address and what the entry says: they are given, all else of a .want is the truth. */
static struct job job_of(struct arena *arena, const char *want, const struct buf *body)
{
	const char *published = wanted(arena, want, "entry-published");

	return (struct job){.kind = JOB_PAGE,
		.url = wanted(arena, want, "url"),
		.entry_title = wanted(arena, want, "entry-title"),
		.entry_author = wanted(arena, want, "entry-author"),
		.entry_published = published ? date_parse(published, NULL) : DATE_NONE,
		.body = buf_text(body),
		.body_len = body->len};
}

static size_t count_wrong(const char *page, const char *want, const struct buf *body)
{
	struct arena arena = {0};
	struct job job = job_of(&arena, want, body);
	struct article article;
	size_t wrong = 0, i;

	article_init(&article);
	assert_int_equal(extract_article(&job, &article), STATUS_OK);
	const struct {
		const char *key, *got;
	} fields[] = {
		{"title", article.title},
		{"byline", article.byline},
		{"published", article.published_text},
		{"modified", article.modified_text},
		{"site", article.site},
		{"section", article.section},
		{"language", article.language},
		{"image", article.image},
		{"excerpt", article.excerpt},
	};
	for (i = 0; i < ARRAY_LEN(fields); i++) {
		const char *truth = wanted(&arena, want, fields[i].key);

		if (str_eq(fields[i].got, truth) || (!fields[i].got && !truth))
			continue;
		if (!truth && str_eq(fields[i].key, "excerpt"))
			continue; /* it is the text's beginning then */
		print_message("%s: %s is \"%s\", wanted \"%s\"\n", page, fields[i].key,
			fields[i].got ? fields[i].got : "(none)", truth ? truth : "(none)");
		wrong++;
	}
	article_finish(&article);
	arena_finish(&arena);
	return wrong;
}

static void pages_say_what_is_true(void **state)
{
	char *folder = path_of("");
	DIR *dir = opendir(folder);
	struct buf body = {0}, want = {0};
	size_t count = 0, wrong = 0;
	struct dirent *entry;
	char *name;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (!str_ends(entry->d_name, ".want"))
			continue;
		name = xasprintf("%.*s.html", (int)strlen(entry->d_name) - 5, entry->d_name);
		read_file(entry->d_name, &want);
		read_file(name, &body);
		wrong += count_wrong(name, buf_text(&want), &body);
		free(name);
		count++;
	}
	assert_true(count >= 25);
	assert_int_equal(wrong, 0);
	closedir(dir);
	free(folder);
	buf_finish(&body);
	buf_finish(&want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_say_what_is_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
