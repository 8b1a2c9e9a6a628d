#include "core/config.h"
#include "core/config_value.h"
#include "core/mem.h"
#include "core/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka wants those above first */
#include <cmocka.h>

static char path[] = "config-XXXXXX";

static enum status load(const char *text, struct config **config, struct config_errors *errors)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return config_load(path, config, errors);
}

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	unsetenv("STATE_DIRECTORY");
	unsetenv("RUNTIME_DIRECTORY");
	setenv("HOME", "/home/reader", 1);
	return fd < 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

/* What is said of a mistake, without the file's name; every line of it, in order. */
static const struct {
	const char *text;
	const char *lines[4];
} mistakes[] = {
	{"digest {\n at = \"25:00\"\n}\n",
		{":2: at cannot be \"25:00\"; a time of day like \"06:30\" was meant"}},
	{"digst { at = \"06:30\" }\n", {":1: there is no block 'digst'; did you mean 'digest'?"}},
	{"xylophone { at = \"06:30\" }\n",
		{":1: there is no block 'xylophone'; there are digest, network, poll, store, mail, "
		 "web, websub, section, feed and rule"}},
	{"digest {\n\n formts = html\n}\n",
		{":3: there is no option 'formts' in digest; did you mean 'formats'?"}},
	{"timezone = \"Europe/Paris\"\n",
		{":1: timezone has no place here; it belongs into digest { ... }"}},
	{"digest {\n timezone = \"Europe/Pari\"\n}\n",
		{":2: there is no time zone \"Europe/Pari\"; did you mean \"Europe/Paris\"?"}},
	{"section \"A\" {\n feeds = {\"https://a.example/f\",\n \"htps://b.example/f\"}\n}\n",
		{":3: feeds cannot be \"htps://b.example/f\"; an address that begins with https:// or "
		 "http:// was meant"}},
	{"network {\n timeout = 60\n}\n",
		{":2: timeout cannot be \"60\"; a unit is missing: ms, s, m, h, d or w, as in \"30m\""}},
	{"network {\n timeout = 2h\n}\n",
		{":2: timeout cannot be \"2h\"; it is between 1s and 1h"}},
	{"network {\n allow = \"10.0.0.0/99\"\n}\n",
		{":2: allow cannot be \"10.0.0.0/99\"; a network like 192.168.0.0/16 or fd00::/8 was "
		 "meant"}},
	{"section { feeds = {} }\n",
		{":1: section needs a title; section \"Europe\" { ... } was meant"}},
	{"section \"A\" {}\nsection \"A\" {}\n",
		{":2: section \"A\" is there twice, first in line 1; make one of the two"}},
	{"poll {\n jitter = maybe\n jitter = yes\n}\n",
		{":3: jitter is set twice, first in line 2; keep one of them"}},
	{"rule \"r\" {\n action = dorp\n title = x\n}\n",
		{":2: action cannot be \"dorp\"; did you mean \"drop\"? It is one of keep, drop, star, "
		 "section"}},
	{"rule \"r\" {\n action = drop\n}\n",
		{":1: rule \"r\" has no condition and would meet every item; give it a title, text, "
		 "author, category, feed, language or in-section"}},
	{"section \"Europe\" {}\nrule \"r\" {\n action = section\n section = Europ\n title = x }\n",
		{":2: rule \"r\": there is no section \"Europ\"; did you mean \"Europe\"?"}},
	{"feed \"ftp://a.example/\" { interval = 30m }\n",
		{":1: the address of feed cannot be \"ftp://a.example/\"; an address that begins with "
		 "https:// or http:// was meant"}},
	{"section \"A\" { match = \"Taiwan OR \\\"South\" }\n",
		{":1: match cannot be \"Taiwan OR \"South\"; its quotes or brackets do not pair up"}},
	/* three mistakes of three kinds, three lines */
	{"digest {\n frmats = {\"html\",\n \"text\"}\n grace = soon\n}\nsektion \"X\" {\n feeds = {\"x\"}\n}\n",
		{":2: there is no option 'frmats' in digest; did you mean 'formats'?",
			":4: grace cannot be \"soon\"; a duration like \"45s\", \"30m\", \"12h\" or "
			"\"7d\" was meant",
			":6: there is no block 'sektion'; did you mean 'section'?"}},
	/* comments and quotes hide what looks like names */
	{"# a = b\n// c = d\n/* e = {\n f } */ log-level = \"debg\" # x\n",
		{":4: log-level cannot be \"debg\"; did you mean \"debug\"? It is one of err, warning, "
		 "notice, info, debug"}},
	{"digest {\n name = \"unfinished\n}\n", {":"}},
	{"digest {\n at = \n}\n", {":"}},
	{"log-level = info\ndigest { at = \"06:30\"\n",
		{":2: digest { is not closed; a } was meant"}},
};

static void names_every_mistake(void **state)
{
	struct config_errors errors = {0};
	struct config *config;
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(mistakes); i++) {
		if (load(mistakes[i].text, &config, &errors) != STATUS_CONFIG)
			fail_msg("taken: %s", mistakes[i].text);
		assert_null(config);
		for (k = 0; k < 4 && mistakes[i].lines[k]; k++) {
			if (k >= errors.count)
				fail_msg("not said: %s", mistakes[i].lines[k]);
			assert_true(str_starts(errors.lines[k], path));
			if (!str_starts(errors.lines[k] + strlen(path), mistakes[i].lines[k]))
				fail_msg(
					"said: %s\nnot: %s", errors.lines[k], mistakes[i].lines[k]);
		}
		config_errors_finish(&errors);
	}
}

static void reads_a_configuration(void **state)
{
	static const char text[] =
		"log-level = debug fulltext = no\n"
		"digest {\n directory = papers\n at = {\"18:00\", \"06:30\"}\n on = {mon-fri, sun}\n"
		" formats = {html, markdown}\n grace = 1h30m\n max-age = 7d\n}\n"
		"network { feed-gap = 500ms contact = \"mailto:me@example.org\" }\n"
		"store { path = \"/srv/d.db\" keep = forever }\n"
		"section \"Asia-Pacific\" {\n categories = {\"China\"}\n"
		" match = \"Taiwan OR \\\"South China Sea\\\"\"\n weight = 1.5 print = excerpt\n"
		" at = \"12:00\"\n}\nsection \"Weekly\" { on = sat }\n"
		"section \"\xC3\x89tats & \xC3\xA9glises\" { feeds = \"https://a.example/f\" }\n"
		"feed \"https://b.example/f\" { fulltext = yes }\n"
		"feed \"https://c.example/f\" { weight = 2 }\n"
		"feed \"https://a.example/f\" { interval = 30m headers = {\"A: b\"} }\n"
		"rule \"ads\" { action = drop title = sponsored }\n";
	struct config_errors errors = {0};
	struct config *config;
	enum status status = load(text, &config, &errors);

	(void)state;
	if (status != STATUS_OK)
		fail_msg("%s", errors.count ? errors.lines[0] : "no line");
	assert_int_equal(config->log_level, LOG_LEVEL_DEBUG);
	assert_true(str_ends(config->digest_dir, "/papers"));
	assert_int_equal(config->digest_dir[0], '/');
	assert_int_equal(config->schedule.at_count, 2);
	assert_int_equal(config->schedule.at_min[0], 390);
	assert_int_equal(config->schedule.at_min[1], 1080);
	assert_int_equal(config->schedule.on_days, 0x3F);
	assert_int_equal(config->format_count, 2);
	assert_string_equal(config->formats[1], "markdown");
	assert_int_equal(config->grace_s, 5400);
	assert_int_equal(config->max_age_s, 7 * 86400);
	assert_int_equal(config->feed_gap_ms, 500);
	assert_int_equal(config->keep.age_s, 0);
	assert_int_equal(config->section_count, 3);
	/* What a section does not say of its time is the digest's. */
	assert_int_equal(config->sections[0].schedule.at_min[0], 720);
	assert_int_equal(config->sections[0].schedule.on_days, 0x3F);
	assert_int_equal(config->sections[1].schedule.at_count, 2);
	assert_int_equal(config->sections[1].schedule.on_days, 1 << 6);
	assert_int_equal(config->sections[2].schedule.at_count, 0);
	assert_string_equal(config->sections[0].slug, "asia-pacific");
	assert_string_equal(config->sections[0].match, "Taiwan OR \"South China Sea\"");
	assert_int_equal(config->sections[0].print, PRINT_EXCERPT);
	assert_true(config->sections[0].weight > 1.4);
	assert_int_equal(config->sections[0].line, 12);
	assert_string_equal(config->sections[2].slug, "etats-eglises");
	assert_int_equal(config->sections[2].feed_count, 1);
	assert_int_equal(config_feed(config, "https://a.example/f")->interval_s, 1800);
	assert_false(config->fulltext);
	assert_false(config_feed(config, "https://a.example/f")->fulltext);
	assert_true(config_feed(config, "https://b.example/f")->fulltext);
	assert_false(config_feed(config, "https://c.example/f")->fulltext);
	assert_null(config_feed(config, "https://d.example/f"));
	assert_string_equal(config_feed(config, "https://a.example/f")->headers[0], "A: b");
	assert_int_equal(config->rules[0].action, RULE_DROP);
	config_free(config);
	config_errors_finish(&errors);
}

/* Nothing is too old for it; "0" would print nothing. */
static void an_age_may_have_no_bound(void **state)
{
	struct config_errors errors = {0};
	struct config *config;

	(void)state;
	assert_int_equal(
		load("digest { max-age = forever keep = forever }\n", &config, &errors), STATUS_OK);
	assert_true(config->max_age_s > (int64_t)50 * 365 * 86400);
	assert_int_equal(config->keep_editions_s, 0);
	config_free(config);
	assert_int_equal(load("digest { max-age = 0 }\n", &config, &errors), STATUS_OK);
	assert_int_equal(config->max_age_s, 0);
	config_free(config);
	config_errors_finish(&errors);
}

static void has_presets(void **state)
{
	struct config_errors errors = {0};
	struct config *config;

	(void)state;
	assert_int_equal(load("", &config, &errors), STATUS_OK);
	assert_int_equal(config->schedule.at_count, 1);
	assert_int_equal(config->schedule.on_days, 0x7F);
	assert_string_equal(config->formats[0], "html");
	assert_int_equal(config->min_interval_s, 3600);
	assert_int_equal(config->log_level, LOG_LEVEL_INFO);
	assert_true(config->honours_robots && config->jitters);
	assert_string_equal(config->name, "diurna");
	config_free(config);
	assert_int_equal(config_load("there-is-no-such-file", &config, &errors), STATUS_NOT_FOUND);
	assert_int_equal(errors.count, 1);
	config_errors_finish(&errors);
}

static void respects_the_directories_of_systemd(void **state)
{
	struct config_errors errors = {0};
	struct config *config;

	(void)state;
	setenv("STATE_DIRECTORY", "/var/lib/paper:/var/lib/other", 1);
	setenv("RUNTIME_DIRECTORY", "/run/paper", 1);
	assert_int_equal(load("", &config, &errors), STATUS_OK);
	assert_string_equal(config->store_path, "/var/lib/paper/diurna.db");
	assert_string_equal(config->digest_dir, "/var/lib/paper/digests");
	assert_string_equal(config->control_path, "/run/paper/control");
	config_free(config);
	unsetenv("STATE_DIRECTORY");
	unsetenv("RUNTIME_DIRECTORY");
}

static void makes_file_names_of_titles(void **state)
{
	static const char *const titles[][2] = {
		{"Europe", "europe"},
		{"Asia-Pacific", "asia-pacific"},
		{"  A & B / C  ", "a-b-c"},
		{"../../etc/passwd", "etc-passwd"},
		{"\xC3\x9C"
		 "bersicht \xC5\xBB",
			"ubersicht-z"},
		{"\xE6\x97\xA5\xE6\x9C\xAC", "\xE6\x97\xA5\xE6\x9C\xAC"},
		{"!!!", "section"},
		{"", "section"},
		{"a\x01"
		 "b\xFF",
			"a-b"},
	};
	struct arena arena = {0};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(titles); i++)
		assert_string_equal(config_slug(titles[i][0], &arena), titles[i][1]);
	arena_finish(&arena);
}

static void keeps_file_names_apart(void **state)
{
	struct config_errors errors = {0};
	struct config *config;

	(void)state;
	assert_int_equal(load("section \"A B\" {}\nsection \"a-b\" {}\nsection Index {}\n", &config,
				 &errors),
		STATUS_OK);
	assert_string_equal(config->sections[0].slug, "a-b");
	assert_string_equal(config->sections[1].slug, "a-b-2");
	assert_string_equal(config->sections[2].slug, "index-2");
	config_free(config);
}

static void collects_subscriptions(void **state)
{
	struct config_errors errors = {0};
	struct subscriptions subs;
	struct config *config;

	(void)state;
	assert_int_equal(
		load("section A { feeds = {\"https://a.example/1\", \"https://a.example/2\", "
		     "\"https://a.example/1\"} }\n"
		     "feed \"https://a.example/2\" { title = Two }\n"
		     "feed \"https://a.example/22\" { title = Slip }\n"
		     "subscriptions = there-is-no-such.opml\n",
			&config, &errors),
		STATUS_OK);
	assert_int_equal(subscriptions_load(config, &subs, &errors), STATUS_CONFIG);
	assert_int_equal(subs.count, 2);
	assert_string_equal(subs.list[1].title, "Two");
	assert_string_equal(subs.list[1].section, "A");
	assert_int_equal(errors.count, 1); /* what a missing list holds is not known */
	assert_non_null(strstr(errors.lines[0], "there-is-no-such.opml: No such file"));
	subscriptions_finish(&subs);
	config_free(config);
	config_errors_finish(&errors);
	assert_int_equal(load("section A { feeds = \"https://a.example/2\" }\n"
			      "feed \"https://a.example/22\" { title = Slip }\n",
				 &config, &errors),
		STATUS_OK);
	assert_int_equal(subscriptions_load(config, &subs, &errors), STATUS_CONFIG);
	assert_int_equal(errors.count, 1);
	assert_non_null(
		strstr(errors.lines[0], ":2: feed \"https://a.example/22\" is in no section"));
	assert_non_null(strstr(errors.lines[0], "did you mean \"https://a.example/2\"?"));
	subscriptions_finish(&subs);
	config_free(config);
	config_errors_finish(&errors);
}

/* A list at that place with that text, which comes after the feed of a section. */
static void load_list(const char *place, const char *file, const char *text,
	struct subscriptions *subs, char **line)
{
	struct config_errors errors = {0};
	struct config *config;
	char *said = xasprintf("section Known { feeds = \"https://a.example/1\" }\n"
			       "store { path = \"/tmp/list-store/store.db\" }\n"
			       "subscriptions = {\"%s\"}\n",
		place);
	FILE *to = text ? fopen(file, "we") : NULL;

	if (to) {
		fputs(text, to);
		fclose(to);
	}
	assert_int_equal(load(said, &config, &errors), STATUS_OK);
	subscriptions_load(config, subs, &errors);
	*line = errors.count ? xstrdup(errors.lines[0]) : NULL;
	free(said);
	config_free(config);
	config_errors_finish(&errors);
}

static void lists_that_are_none_are_named(void **state)
{
	static const char good[] =
		"<opml version='2.0'><body><outline text='News'><outline text='Known'><outline "
		"text='One' xmlUrl='https://a.example/1'/><outline text='https://a.example/2' "
		"xmlUrl='https://a.example/2'/></outline></outline><outline text='A'><outline "
		"text='B'><outline text='Three' xmlUrl='https://a.example/3'/><outline text='No' "
		"xmlUrl='file:///etc/passwd'/></outline></outline></body></opml>";
	const char *build = getenv("DIURNA_BUILD_DIR");
	char *parse = xasprintf("%s/src/diurna-parse", build ? build : "."), *line;
	char *file = xasprintf("%s.opml", path);
	struct subscriptions subs;

	(void)state;
	setenv("DIURNA_PARSE", parse, 1);
	load_list(file, file, good, &subs, &line);
	assert_null(line);
	assert_int_equal(subs.count, 3); /* the first is there already, and a file is no feed */
	assert_string_equal(subs.list[0].section, "Known");
	assert_null(subs.list[1].title);
	assert_string_equal(subs.list[1].section, "Known");
	assert_string_equal(subs.list[2].title, "Three");
	assert_string_equal(subs.list[2].section, "B");
	subscriptions_finish(&subs);

	load_list(file, file, "<html><p>A page", &subs, &line);
	assert_non_null(strstr(line, ".opml: this is no OPML"));
	assert_int_equal(subs.count, 1);
	subscriptions_finish(&subs);
	free(line);

	assert_int_equal(truncate(file, 51 << 20), 0);
	load_list(file, file, NULL, &subs, &line);
	assert_non_null(strstr(line, "over the limit; a list of subscriptions (OPML) was meant"));
	subscriptions_finish(&subs);
	free(line);

	setenv("DIURNA_PARSE", "/nonexistent/diurna-parse", 1);
	load_list(file, file, good, &subs, &line);
	assert_non_null(strstr(line, "diurna-parse cannot be started: No such file"));
	subscriptions_finish(&subs);
	free(line);
	setenv("DIURNA_PARSE", "/bin/true", 1);
	load_list(file, file, good, &subs, &line);
	assert_non_null(strstr(line, "the process ended unexpectedly"));
	subscriptions_finish(&subs);
	free(line);

	/* one of the network that was never fetched is no mistake */
	load_list("https://lists.example/all.opml", file, NULL, &subs, &line);
	assert_null(line);
	assert_int_equal(subs.count, 1);
	subscriptions_finish(&subs);
	unsetenv("DIURNA_PARSE");
	unlink(file);
	free(file);
	free(parse);
}

static void reads_durations_and_sizes(void **state)
{
	int64_t value;

	(void)state;
	assert_true(config_duration_ms("1h30m", &value) && value == 5400000);
	assert_true(config_duration_ms("2w", &value) && value == 1209600000);
	assert_true(config_duration_ms("0", &value) && value == 0);
	assert_false(config_duration_ms("", &value));
	assert_false(config_duration_ms("30", &value));
	assert_false(config_duration_ms("-5m", &value));
	assert_false(config_duration_ms("99999999999999999999y", &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_every_mistake),
		cmocka_unit_test(reads_a_configuration),
		cmocka_unit_test(an_age_may_have_no_bound),
		cmocka_unit_test(has_presets),
		cmocka_unit_test(respects_the_directories_of_systemd),
		cmocka_unit_test(makes_file_names_of_titles),
		cmocka_unit_test(keeps_file_names_apart),
		cmocka_unit_test(collects_subscriptions),
		cmocka_unit_test(lists_that_are_none_are_named),
		cmocka_unit_test(reads_durations_and_sizes),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
