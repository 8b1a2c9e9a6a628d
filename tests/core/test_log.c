#include "core/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char said[20000];

/* What a line of that level becomes on stderr. */
static const char *written(enum log_level level, const char *text)
{
	int ends[2], before = dup(STDERR_FILENO);
	ssize_t n;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	log_at(level, "%s", text);
	dup2(before, STDERR_FILENO);
	close(before);
	close(ends[1]);
	n = read(ends[0], said, sizeof(said) - 1);
	close(ends[0]);
	said[n > 0 ? n : 0] = '\0';
	return said;
}

static void hides_passwords(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"feed http://me:secret@a.example/x: gone", "feed http://me:***@a.example/x: gone"},
		{"http://me:pw@a/ and https://you:a:b@c@d.example",
			"http://me:**@a/ and https://you:***@d.example"},
		{"http://me@a.example/ http://:@a/ http://a.example/x:y@z", NULL},
		{"at the end http://me:secret@", "at the end http://me:***@"},
		{"nothing: here@all ://", NULL},
	};
	char want[200];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(want, sizeof(want), "err: %s\n",
			cases[i].want ? cases[i].want : cases[i].text);
		assert_string_equal(written(LOG_LEVEL_ERR, cases[i].text), want);
	}
}

static void writes_what_is_asked_for(void **state)
{
	enum log_level level = LOG_LEVEL_INFO;
	static char text[sizeof(said)];

	(void)state;
	assert_true(log_level_parse("warning", &level));
	assert_int_equal(level, LOG_LEVEL_WARNING);
	assert_false(log_level_parse("loud", &level));
	log_set_level(LOG_LEVEL_WARNING);
	assert_false(log_is_on(LOG_LEVEL_INFO));
	assert_string_equal(written(LOG_LEVEL_INFO, "no"), "");
	assert_string_equal(written(LOG_LEVEL_WARNING, "yes"), "warning: yes\n");
	/* one line, however long */
	memset(text, 'x', sizeof(text) - 1);
	assert_true(strlen(written(LOG_LEVEL_ERR, text)) < sizeof(text) / 2);
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void shows_foreign_text(void **state)
{
	char text[400];

	(void)state;
	assert_string_equal(
		log_visible("a\x1b[1m\xff\xC2\x9B\xE2\x80\xAE\n\xC3\xA9"), "a?[1m????\xC3\xA9");
	assert_string_equal(log_visible(NULL), "");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(strlen(log_visible(text)), 203);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hides_passwords),
		cmocka_unit_test(writes_what_is_asked_for),
		cmocka_unit_test(shows_foreign_text),
	};

	unsetenv("JOURNAL_STREAM");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
