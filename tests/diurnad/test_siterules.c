#include "core/buf.h"
#include "core/limits.h"
#include "core/mem.h"
#include "diurnad/siterules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const names[] = {"example.org", "Example.NET", "example.co.uk", "README",
	".example.com", "example.fr~", "large.example"};

static char *path_of(const char *folder, const char *name)
{
	return xasprintf("%s/%s", folder, name);
}

static void put(const char *folder, const char *name, size_t len)
{
	char *path = path_of(folder, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	for (size_t i = 0; i < len; i++)
		putc('#', file);
	fprintf(file, "body: .%s\n", name);
	assert_int_equal(fclose(file), 0);
	free(path);
}

static void finds_the_rule_of_a_site(void **state)
{
	char folder[] = "/tmp/diurna-rules-XXXXXX";
	struct siterules *rules;
	char *path;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (i = 0; i < ARRAY_LEN(names); i++)
		put(folder, names[i], i + 1 == ARRAY_LEN(names) ? LIMIT_RULE_BYTES : 0);
	path = path_of(folder, "folder.example");
	assert_int_equal(mkdir(path, 0700), 0);
	rules = siterules_load(folder);
	assert_string_equal(siterules_find(rules, "https://example.org/a"), "body: .example.org\n");
	assert_string_equal(
		siterules_find(rules, "http://www.news.example.org:81/"), "body: .example.org\n");
	assert_string_equal(siterules_find(rules, "http://EXAMPLE.net/"), "body: .Example.NET\n");
	assert_string_equal(
		siterules_find(rules, "http://a.example.co.uk/x"), "body: .example.co.uk\n");
	assert_null(siterules_find(rules, "http://other.co.uk/"));
	/* hidden, of an editor, too large, no file, no address */
	assert_null(siterules_find(rules, "http://example.com/"));
	assert_null(siterules_find(rules, "http://example.fr/"));
	assert_null(siterules_find(rules, "http://large.example/"));
	assert_null(siterules_find(rules, "http://folder.example/"));
	assert_null(siterules_find(rules, "nonsense"));
	siterules_free(rules);

	assert_int_equal(rmdir(path), 0);
	free(path);
	/* a file where the folder is meant; then none at all */
	path = path_of(folder, names[0]);
	rules = siterules_load(path);
	assert_null(siterules_find(rules, "http://example.org/"));
	siterules_free(rules);
	free(path);
	for (i = 0; i < ARRAY_LEN(names); i++) {
		path = path_of(folder, names[i]);
		assert_int_equal(unlink(path), 0);
		free(path);
	}
	assert_int_equal(rmdir(folder), 0);
	rules = siterules_load(folder);
	assert_null(siterules_find(rules, "http://example.org/"));
	siterules_free(rules);
	siterules_free(NULL);
	rules = siterules_load(NULL);
	assert_null(siterules_find(rules, "http://example.org/"));
	siterules_free(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_rule_of_a_site),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
