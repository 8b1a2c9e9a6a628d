/* An edition from the store to its files, and what may go wrong on the way. */
#include "core/date.h"
#include "core/mem.h"
#include "core/str.h"
#include "edition/edition.h"
#include "press.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct seen {
	size_t told, done, total;
};

static void on_file(void *context, size_t done, size_t total)
{
	struct seen *seen = context;

	assert_int_equal(done, seen->told);
	assert_true(seen->told == 0 || total == seen->total);
	*seen = (struct seen){seen->told + 1, done, total};
}

/* Whoever waits knows from the first moment on how many files there will be. */
static void files_are_counted(void **state)
{
	struct seen seen = {0};
	const struct edition_watch watch = {.on_file = on_file, .context = &seen};
	struct press *p = *state;

	assert_int_equal(press_make(p, MORNING), STATUS_OK);
	assert_int_equal(
		edition_write(p->store, &p->config, p->row.id, true, &watch, NULL), STATUS_OK);
	assert_true(seen.total > 10);
	assert_int_equal(seen.done, seen.total);
}

static void an_edition_becomes_files(void **state)
{
	static const char *const files[] = {"2026-11-22/europe.html", "2026-11-22/europe.md",
		"2026-11-22/europe.txt", "2026-11-22/europe.json", "2026-11-22/europe.atom",
		"2026-11-22/asia-pacific.html", "2026-11-22/diurna-2026-11-22.epub",
		"2026-11-22/index.html", "index.html", "latest/index.html", "feeds/europe.atom",
		"feeds/europe.json", "feeds/europe.opml"};
	struct press *p = *state;
	char *why = NULL, *text, *link;
	char target[64] = {0};
	size_t i;

	assert_int_equal(press_make(p, MORNING), STATUS_OK);
	assert_string_equal(p->row.name, "2026-11-22");
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, &why), STATUS_OK);
	if (why)
		print_message("%s\n", why);
	for (i = 0; i < ARRAY_LEN(files); i++) {
		if (!press_has(p, files[i]))
			fail_msg("%s is missing", files[i]);
	}
	press_has_no_leftovers(p, "2026-11-22");
	press_has_no_leftovers(p, ".");
	link = xasprintf("%s/latest", p->digests);
	assert_true(readlink(link, target, sizeof(target) - 1) > 0);
	assert_string_equal(target, "2026-11-22");
	free(link);
	text = press_text(p, "2026-11-22/europe.html");
	assert_non_null(strstr(text, "A lighthouse is a promise."));
	assert_non_null(strstr(text, "Also reported by"));
	assert_non_null(strstr(text, "2 stories"));
	free(text);
	text = press_text(p, "index.html");
	assert_non_null(strstr(text, "href=\"2026-11-22/index.html\""));
	assert_non_null(strstr(text, "Courier"));
	free(text);
}

/* Takes the lines with this out of a text. */
static void cut_lines(char *text, const char *with)
{
	char *at, *from, *end;

	while ((at = strstr(text, with))) {
		for (from = at; from > text && from[-1] != '\n'; from--)
			continue;
		end = strchr(at, '\n');
		memmove(from, end + 1, strlen(end + 1) + 1);
	}
}

/* What changes later does not change what was printed. */
static void a_printed_edition_stays(void **state)
{
	static const char *const files[] = {"2026-11-22/europe.html", "2026-11-22/europe.md",
		"2026-11-22/europe.json", "2026-11-22/index.html"};
	struct press *p = *state;
	char *before[ARRAY_LEN(files)];
	int64_t first;
	size_t i;

	assert_int_equal(press_make(p, MORNING), STATUS_OK);
	first = p->row.id;
	assert_int_equal(edition_publish(p->store, &p->config, first, NULL), STATUS_OK);
	for (i = 0; i < ARRAY_LEN(files); i++)
		before[i] = press_text(p, files[i]);
	press_run(p,
		"INSERT INTO revision (item_id, n, at, title, html, text) SELECT 1, 0, 1795400000,"
		" item.title, html, text FROM item JOIN article ON item_id = item.id WHERE item.id = 1;"
		"UPDATE item SET title = 'Law fails', revision = 1 WHERE id = 1;"
		"UPDATE article SET html = '<p>It failed after all.</p>' WHERE item_id = 1;"
		"INSERT INTO arrival (item_id, kind, at) VALUES (1, 1, 1795400000);");
	assert_int_equal(press_make(p, MORNING + 86400), STATUS_OK);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	assert_int_equal(edition_publish(p->store, &p->config, first, NULL), STATUS_OK);
	for (i = 0; i < ARRAY_LEN(files); i++) {
		char *after = press_text(p, files[i]);

		/* Only its pages have one thing more: the way to the next. */
		cut_lines(after, "rel=\"next\"");
		assert_string_equal(after, before[i]);
		free(after);
		free(before[i]);
	}
	before[0] = press_text(p, "2026-11-23/europe.html");
	assert_non_null(strstr(before[0], "Law fails"));
	assert_non_null(strstr(before[0], "../2026-11-22/europe.html"));
	free(before[0]);
	/* The older one, written last, is not the latest. */
	before[0] = press_text(p, "latest/europe.html");
	assert_non_null(strstr(before[0], "23 November"));
	free(before[0]);
}

/* Which version made it and which rules raised its items is kept as it was. */
static void an_edition_knows_how_it_was_made(void **state)
{
	static const struct config_rule rules[] = {
		{.name = "Law", .action = RULE_STAR}, {.name = "All", .action = RULE_KEEP}};
	static const char *const said[] = {
		"Raised by your rule \xE2\x80\x9CLaw\xE2\x80\x9D", "Made with diurna 0.0.1"};
	struct press *p = *state;
	char *text;
	size_t i;

	p->config.rules = rules;
	p->config.rule_count = ARRAY_LEN(rules);
	/* Item 3 was starred by a person: no rule did it. */
	press_run(p, "UPDATE item SET starred = 1, rule = 'Law, All' WHERE id = 1;"
		     "UPDATE item SET starred = 1, rule = 'All' WHERE id = 3;");
	assert_int_equal(press_make(p, MORNING), STATUS_OK);
	press_run(p, "UPDATE edition_note SET subject = '0.0.1' WHERE kind = 'made';"
		     "UPDATE item SET starred = 0, rule = 'All';");
	p->config.rule_count = 0;
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	text = press_text(p, "2026-11-22/europe.html");
	for (i = 0; i < ARRAY_LEN(said); i++)
		assert_non_null(strstr(text, said[i]));
	assert_null(strstr(strstr(text, said[0]) + 1, "Raised by"));
	/* They are no notes of the foot. */
	assert_null(strstr(text, "About this edition"));
	assert_null(strstr(text, "was raised by"));
	free(text);
	text = press_text(p, "2026-11-22/europe.json");
	assert_non_null(strstr(text, "\"raised_by\": \"Law\""));
	free(text);
}

static void a_section_has_feeds_and_a_list_of_its_own(void **state)
{
	static const struct config_feed closed[] = {
		{.url = "https://ledger.example/feed", .user = "me", .weight = 1}};
	struct press *p = *state;
	char *text;

	p->config.feeds = closed;
	p->config.feed_count = ARRAY_LEN(closed);
	/* By a rule, a feed of another section is in this one, too; another one is not. */
	press_run(p,
		"INSERT INTO feed (id, url, fetch_url, title, section_id) VALUES"
		" (3, 'https://old.example/f', 'https://new.example/f?a&b', 'New <b>', 2),"
		" (4, 'https://me:secret@shut.example/f', NULL, 'Shut', 1),"
		" (5, 'https://other.example/f', NULL, 'Other', 2);"
		"INSERT INTO item (id, url, title, feed_id, section_id, state, first_seen_at)"
		" VALUES (4, 'https://new.example/4', 'Filed here', 3, 1, 'ready', 1795300300);"
		"INSERT INTO arrival (item_id, kind, at) VALUES (4, 0, 1795300310);");
	assert_int_equal(press_make(p, MORNING), STATUS_OK);
	press_run(p,
		"INSERT INTO revision (item_id, n, at, title, html, text) SELECT 3, 0, 1795400000,"
		" item.title, html, text FROM item JOIN article ON item_id = item.id WHERE item.id = 3;"
		"UPDATE item SET title = 'On lights', revision = 1 WHERE id = 3;"
		"INSERT INTO arrival (item_id, kind, at) VALUES (3, 1, 1795400000);");
	assert_int_equal(press_make(p, MORNING + 86400), STATUS_OK);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	text = press_text(p, "feeds/europe.opml");
	assert_non_null(strstr(text, "text=\"Europe\""));
	assert_non_null(strstr(text, "text=\"Courier\" xmlUrl=\"https://courier.example/feed\""));
	assert_non_null(
		strstr(text, "text=\"New &lt;b&gt;\" xmlUrl=\"https://new.example/f?a&amp;b\""));
	assert_null(strstr(text, "ledger"));
	assert_null(strstr(text, "secret"));
	assert_null(strstr(text, "other"));
	free(text);
	/* What changed is in the feed once, as it is now. */
	text = press_text(p, "feeds/europe.json");
	assert_non_null(strstr(text, "\"title\": \"On lights\""));
	assert_null(strstr(text, "\"title\": \"On lighthouses\""));
	assert_non_null(strstr(text, "Filed here"));
	free(text);
	text = press_text(p, "2026-11-23/europe.html");
	assert_non_null(strstr(text, "href=\"../feeds/europe.json\""));
	assert_non_null(strstr(text, "href=\"../feeds/europe.opml\""));
	free(text);
}

static void a_failed_format_spoils_nothing_else(void **state)
{
	struct press *p = *state;
	char *path, *why = NULL;

	assert_int_equal(press_make(p, MORNING), STATUS_OK);
	assert_int_equal(mkdir(p->digests, 0755), 0);
	path = xasprintf("%s/2026-11-22", p->digests);
	assert_int_equal(mkdir(path, 0755), 0);
	free(path);
	path = xasprintf("%s/2026-11-22/europe.md", p->digests); /* in the way of the rename */
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, &why), STATUS_IO);
	assert_non_null(strstr(why, "europe.md"));
	free(why);
	assert_true(press_has(p, "2026-11-22/europe.html"));
	assert_true(press_has(p, "2026-11-22/europe.txt"));
	assert_true(press_has(p, "2026-11-22/index.html"));
	press_has_no_leftovers(p, "2026-11-22");
	assert_int_equal(rmdir(path), 0);
	free(path);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, &why), STATUS_OK);
	if (why)
		print_message("%s\n", why);
}

/* The paper is out; what somebody put there stays, and is told. */
static void a_folder_in_the_way_of_a_link_is_told(void **state)
{
	static const char *const names[] = {
		"latest", "latest-europe", "index.html", "feeds/europe.atom"};
	struct press *p = *state;
	char *why = NULL, *path, *command;
	size_t i;

	assert_int_equal(press_make(p, MORNING), STATUS_OK);
	for (i = 0; i < ARRAY_LEN(names); i++) {
		command = xasprintf("mkdir -p '%s/%s/mine'", p->digests, names[i]);
		assert_int_equal(system(command), 0);
		free(command);
	}
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, &why), STATUS_OK);
	for (i = 0; i < ARRAY_LEN(names); i++) {
		path = xasprintf("%s/%s is a folder", p->digests, names[i]);
		if (!why || !strstr(why, path))
			fail_msg("%s is not told: %s", path, why ? why : "nothing is");
		free(path);
		path = xasprintf("%s/mine", names[i]);
		assert_true(press_has(p, path));
		free(path);
	}
	free(why);
	assert_true(press_has(p, "2026-11-22/index.html"));
	assert_true(press_has(p, "feeds/asia-pacific.atom"));
	assert_true(press_has(p, "latest-asia-pacific/index.html"));
	press_has_no_leftovers(p, ".");
	press_has_no_leftovers(p, "feeds");
	command = xasprintf("rm -r '%s/latest'", p->digests);
	assert_int_equal(system(command), 0);
	free(command);
	assert_int_equal(edition_rebuild(p->store, &p->config, p->row.id, &why), STATUS_OK);
	assert_null(strstr(why, "/latest is"));
	free(why);
	assert_true(press_has(p, "latest/index.html"));
}

static void no_room_for_digests(void **state)
{
	struct press *p = *state;
	char *why = NULL;

	assert_int_equal(press_make(p, MORNING), STATUS_OK);
	p->config.digest_dir = "/proc/self/nothing";
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, &why), STATUS_IO);
	assert_non_null(strstr(why, "/proc/self/nothing"));
	free(why);
}

/* As on a full disk: a file takes no more than so many bytes. */
static void allow_bytes(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* What was there stays as it was, and the next try writes all of it. */
static void a_full_disk_leaves_the_old_files(void **state)
{
	static const char *const files[] = {"2026-11-22/europe.html", "2026-11-22/europe.json",
		"2026-11-22/index.html", "2026-11-22/diurna-2026-11-22.epub", "index.html",
		"feeds/europe.atom"};
	struct press *p = *state;
	char *before[ARRAY_LEN(files)], *why = NULL, *text;
	size_t i;

	assert_int_equal(press_make(p, MORNING), STATUS_OK);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	for (i = 0; i < ARRAY_LEN(files); i++)
		before[i] = press_text(p, files[i]);
	p->config.name = "Another Name"; /* every file would become another */
	allow_bytes(100);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, &why), STATUS_IO);
	allow_bytes(RLIM_INFINITY);
	assert_non_null(strstr(why, "File too large"));
	free(why);
	press_has_no_leftovers(p, "2026-11-22");
	press_has_no_leftovers(p, ".");
	for (i = 0; i < ARRAY_LEN(files); i++) {
		text = press_text(p, files[i]);
		assert_string_equal(text, before[i]);
		free(text);
		free(before[i]);
	}
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	text = press_text(p, "2026-11-22/europe.html");
	assert_non_null(strstr(text, "Another Name"));
	free(text);
}

/* Nothing leads to pages that are not there: the edition before is the latest until they are. */
static void a_full_disk_leaves_the_old_edition_in_front(void **state)
{
	static const char *const ways[] = {"index.html", "latest/index.html", "feeds/europe.atom",
		"2026-11-22/index.html", "2026-11-22/europe.html"};
	struct press *p = *state;
	char *before, *after;
	size_t i;

	assert_int_equal(press_make(p, MORNING), STATUS_OK);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	press_arrive(p, 11, 1, MORNING + 60);
	assert_int_equal(press_make(p, MORNING + DAY), STATUS_OK);
	for (i = 0; i < ARRAY_LEN(ways); i++) {
		before = press_text(p, ways[i]);
		allow_bytes(12000); /* more than Markdown, less than a page */
		assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_IO);
		allow_bytes(RLIM_INFINITY);
		after = press_text(p, ways[i]);
		assert_string_equal(after, before);
		free(before);
		free(after);
	}
	assert_true(press_has(p, "2026-11-23/europe.md"));
	assert_false(press_has(p, "2026-11-23/europe.html"));
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	after = press_text(p, "latest/europe.html");
	assert_non_null(strstr(after, "Story number 11"));
	free(after);
}

static void an_empty_day_is_printed_if_wanted(void **state)
{
	static const int morning[] = {390};
	struct press *p = *state;
	char *text;

	p->config.schedule = (struct schedule){morning, 1, 0x7F};
	assert_int_equal(press_make(p, MORNING), STATUS_OK);
	p->config.prints_empty = false;
	assert_int_equal(press_make_due(p, MORNING + DAY), STATUS_NOT_FOUND);
	p->config.prints_empty = true;
	assert_int_equal(press_make(p, MORNING + 60), STATUS_NOT_FOUND); /* asked for */
	assert_int_equal(press_make_due(p, MORNING + 2 * DAY), STATUS_OK);
	assert_string_equal(p->row.name, "2026-11-24");
	p->config.format_count = 2; /* no book that would be named */
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	text = press_text(p, "2026-11-24/europe.html");
	assert_non_null(strstr(text, "Nothing new arrived."));
	free(text);
	text = press_text(p, "2026-11-24/index.html");
	assert_null(strstr(text, "About this edition")); /* there is nothing to say under it */
	free(text);
}

static int64_t due_at(struct press *p, int64_t since, int64_t now)
{
	int64_t at;

	assert_int_equal(edition_due_at(p->store, &p->config, since, now, &at), STATUS_OK);
	return at;
}

/* Europe every morning, Asia-Pacific on Sunday and Wednesday evening. 22 November is a Sunday. */
static void sections_close_at_their_own_times(void **state)
{
	static const int morning[] = {390}, evening[] = {1110};
	struct config_section own[] = {press_sections[0], press_sections[1]};
	struct press *p = *state;
	char *text;

	p->config.prints_empty = false;
	p->config.schedule = (struct schedule){morning, 1, 0x7F};
	own[1].schedule = (struct schedule){evening, 1, 1 << 0 | 1 << 3};
	p->config.sections = own;
	press_arrive(p, 11, 2, MORNING - 60);
	assert_int_equal(due_at(p, MORNING - 3600, MORNING - 3600), MORNING);
	assert_int_equal(press_make_due(p, MORNING), STATUS_OK);
	assert_int_equal(p->row.item_count, 3); /* of Europe */
	assert_int_equal(due_at(p, 0, MORNING), EVENING);
	press_arrive(p, 12, 1, MORNING + 60);
	assert_int_equal(press_make_due(p, EVENING), STATUS_OK);
	assert_string_equal(p->row.name, "2026-11-22-2");
	assert_int_equal(p->row.item_count, 1);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	assert_true(press_has(p, "2026-11-22-2/asia-pacific.html"));
	assert_false(press_has(p, "2026-11-22-2/europe.html"));
	/* The older one, written last as after a crash, is still the latest of its section. */
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id - 1, NULL), STATUS_OK);
	assert_true(press_has(p, "latest/asia-pacific.html"));
	assert_true(press_has(p, "latest-asia-pacific/asia-pacific.html"));
	assert_true(press_has(p, "latest-europe/europe.html"));
	assert_true(press_has(p, "feeds/europe.atom"));
	/* Its window began when all began, that of Europe's next when Europe closed. */
	text = press_text(p, "2026-11-22-2/asia-pacific.json");
	assert_non_null(strstr(text, "\"from\": \"2026-11-22T05:30:00Z\""));
	free(text);
	press_arrive(p, 13, 2, EVENING + 60);
	assert_int_equal(press_make_due(p, MORNING + DAY), STATUS_OK);
	assert_int_equal(p->row.item_count, 1);
	/* Filed elsewhere before it was printed: there, although that section was further. */
	press_arrive(p, 14, 2, MORNING + DAY + 60);
	assert_int_equal(press_make_due(p, MORNING + 2 * DAY), STATUS_NOT_FOUND);
	assert_int_equal(due_at(p, 0, MORNING + 2 * DAY), MORNING + 3 * DAY);
	press_run(p, "UPDATE item SET section_id = 1 WHERE id = 14");
	assert_int_equal(press_make_due(p, MORNING + 3 * DAY), STATUS_OK);
	assert_int_equal(p->row.item_count, 1);
	/* Nobody's time. */
	assert_int_equal(press_make_due(p, MORNING + 3 * DAY + 60), STATUS_NOT_FOUND);
	/* Missed for a fortnight: one edition with both. */
	press_arrive(p, 15, 1, MORNING + 4 * DAY);
	assert_int_equal(press_make_due(p, MORNING + 17 * DAY + 60), STATUS_OK);
	assert_int_equal(p->row.item_count, 2);
	assert_int_equal(press_count(p, "SELECT count(*) FROM edition_item"), 8);
	assert_int_equal(press_count(p, "SELECT count(*) FROM item"), 8);
	assert_int_equal(due_at(p, 0, MORNING + 17 * DAY + 60), EVENING + 17 * DAY);
}

/* A clock that was in another year holds nothing up; one that goes back an hour prints nothing
 * twice. */
static void clocks_jump(void **state)
{
	static const int morning[] = {390};
	struct press *p = *state;

	p->config.schedule = (struct schedule){morning, 1, 0x7F};
	assert_int_equal(press_make(p, MORNING), STATUS_OK);
	assert_int_equal(due_at(p, 0, MORNING - 3600), MORNING + DAY);
	assert_int_equal(press_make_due(p, MORNING + 700 * DAY), STATUS_OK);
	assert_int_equal(due_at(p, 0, MORNING + 60), MORNING + DAY);
	press_arrive(p, 11, 1, MORNING + 3600);
	assert_int_equal(press_make_due(p, MORNING + DAY), STATUS_OK);
	assert_int_equal(p->row.item_count, 1);
	assert_true(p->row.window_from <= p->row.window_to);
}

static void text_is_in_order(const char *text, const char *first, const char *second)
{
	const char *at = strstr(text, first);

	assert_non_null(at);
	assert_non_null(strstr(at, second));
}

/* A wrong clock at the publisher's does not make an item the newest of all. */
static void a_time_to_come_is_no_date(void **state)
{
	struct press *p = *state;
	char *text;

	press_arrive(p, 11, 2, MORNING - 7200);
	press_arrive(p, 12, 2, MORNING - 3600);
	press_arrive(p, 13, 2, MORNING - 1800);
	press_run(p, "UPDATE item SET published_at = 1795380000 WHERE id = 12");
	assert_int_equal(press_make(p, MORNING), STATUS_OK);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	text = press_text(p, "2026-11-22/asia-pacific.html");
	text_is_in_order(text, "<h2><a href=\"https://a.example/13\"",
		"<h2><a href=\"https://a.example/12\"");
	text_is_in_order(text, "<h2><a href=\"https://a.example/12\"",
		"<h2><a href=\"https://a.example/11\"");
	assert_non_null(strstr(text, "datetime=\"2026-11-22T04:30:00Z\">05:30<"));
	assert_null(strstr(text, "datetime=\"2026-11-22T20"));
	free(text);
}

/* Foot and changes are in the words of the section. */
static void the_foot_speaks_the_language_of_its_section(void **state)
{
	struct config_section own[] = {press_sections[0], press_sections[1]};
	struct press *p = *state;
	char *text;

	own[0].language = "de";
	p->config.sections = own;
	assert_int_equal(press_make(p, MORNING), STATUS_OK);
	press_run(p,
		"INSERT INTO revision (item_id, n, at, title, html, text) SELECT 1, 0, 1795400000,"
		" item.title, html, text FROM item JOIN article ON item_id = item.id WHERE item.id = 1;"
		"UPDATE item SET title = 'Law <fails>', revision = 1 WHERE id = 1;"
		"UPDATE article SET html = '<p>The law passed.</p><p>It failed after all.</p>'"
		" WHERE item_id = 1;"
		"INSERT INTO arrival (item_id, kind, at) VALUES (1, 1, 1795400000);"
		"UPDATE feed SET failing_since = 1795200000, error = "
		"'HTTP 404, it is not there' WHERE id = 2;"
		"UPDATE feed SET last_new_at = 1765200000, subscribed_at = 1760000000, items = 9"
		" WHERE id = 1");
	assert_int_equal(press_make(p, MORNING + DAY), STATUS_OK);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	text = press_text(p, "2026-11-23/europe.html");
	assert_non_null(strstr(text, "Ledger ist seit dem 20. November nicht zu lesen: "
				     "HTTP 404, das gibt es dort nicht"));
	assert_non_null(strstr(
		text, "1 Feed hat seit 60 Tagen oder l\xC3\xA4nger nichts gebracht: Courier"));
	assert_non_null(strstr(text, "berschrift bisher: Harbour law passes in parliament"));
	assert_non_null(strstr(text, "<ins>It failed after all.</ins>"));
	assert_non_null(strstr(text, "<del>At last.</del>"));
	assert_null(strstr(text, "<ins>The law passed."));
	free(text);
	text = press_text(p, "2026-11-23/europe.json");
	assert_non_null(strstr(text, "\"removed\""));
	free(text);
}

/* Days of years are folded, a feed's reason is in the words of the page, old dates have their year.
 */
/* Its feed reaches back less far than its last edition, and stays as that one has made it. */
static void a_rare_section_is_written_again(void **state)
{
	static const int morning[] = {390}, evening[] = {1110};
	struct config_section own[] = {press_sections[0], press_sections[1]};
	struct press *p = *state;
	char *before, *after;
	int64_t rare;
	int day;

	p->config.prints_empty = false;
	p->config.schedule = (struct schedule){morning, 1, 0x7F};
	own[1].schedule = (struct schedule){evening, 1, 1 << 0};
	p->config.sections = own;
	press_arrive(p, 11, 2, MORNING - 60);
	assert_int_equal(press_make_due(p, EVENING), STATUS_OK);
	rare = p->row.id;
	assert_int_equal(edition_publish(p->store, &p->config, rare, NULL), STATUS_OK);
	before = press_text(p, "feeds/asia-pacific.atom");
	for (day = 1; day <= 8; day++) {
		press_arrive(p, 20 + day, 1, EVENING + day * DAY - 80000);
		assert_int_equal(press_make_due(p, MORNING + day * DAY), STATUS_OK);
	}
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	assert_int_equal(edition_publish(p->store, &p->config, rare, NULL), STATUS_OK);
	after = press_text(p, "feeds/asia-pacific.atom");
	assert_string_equal(after, before);
	free(after);
	free(before);
}

static void the_archive_stays_short(void **state)
{
	struct press *p = *state;
	char *text;

	p->config.language = "de";
	assert_int_equal(press_make(p, MORNING), STATUS_OK);
	press_run(p,
		"INSERT INTO edition (id, name, local_date, from_seq, to_seq, window_from, window_to, item_count)"
		" SELECT -n, date(1795305600 - n * 86400, 'unixepoch'), '', 0, 0, 0, 0, CASE n WHEN 9 THEN 9000 ELSE 40 END"
		" FROM (WITH RECURSIVE days(n) AS (VALUES(1) UNION ALL SELECT n + 1 FROM days WHERE n < 100)"
		" SELECT n FROM days);"
		"UPDATE feed SET failing_since = 1700000000, error = 'robots.txt forbids it' WHERE id = 2");
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	text = press_text(p, "index.html");
	assert_non_null(strstr(text, "<h2>November 2026</h2>\n<ul"));
	assert_non_null(strstr(text, "<details><summary><h2>September 2026</h2></summary>\n<ul"));
	assert_null(strstr(text, "<details><summary><h2>Oktober 2026"));
	assert_non_null(strstr(text, "seit dem 14. November 2023: die robots.txt verbietet es"));
	/* one day of 9,000 does not make those of 40 pale */
	assert_non_null(strstr(
		text, "fill-opacity=\"1.00\"><title>Samstag, 21. November 2026: 40 Artikel"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			sections_close_at_their_own_times, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			an_edition_knows_how_it_was_made, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			a_section_has_feeds_and_a_list_of_its_own, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			a_rare_section_is_written_again, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			a_time_to_come_is_no_date, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(clocks_jump, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			the_foot_speaks_the_language_of_its_section, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			the_archive_stays_short, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			an_edition_becomes_files, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			a_printed_edition_stays, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			a_failed_format_spoils_nothing_else, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			a_folder_in_the_way_of_a_link_is_told, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(files_are_counted, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(no_room_for_digests, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			a_full_disk_leaves_the_old_files, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			a_full_disk_leaves_the_old_edition_in_front, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			an_empty_day_is_printed_if_wanted, press_set_up, press_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
