/* How pages of editions lead to each other. */
#include "core/mem.h"
#include "core/str.h"
#include "press.h"
#include "store/shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* As the daemon does: written, and known to be. */
static void publish(struct press *p, int64_t id)
{
	char *why = NULL;

	if (edition_publish(p->store, &p->config, id, &why) != STATUS_OK)
		fail_msg("%s", why);
	free(why);
	assert_int_equal(edition_published(p->store, id, 1), STATUS_OK);
}

static void print(struct press *p, int64_t now)
{
	assert_int_equal(press_make(p, now), STATUS_OK);
	publish(p, p->row.id);
}

/* rel: "next" or "prev"; to NULL: there is no such link. At the top of the page and in its foot. */
static void leads(struct press *p, const char *page, const char *rel, const char *to)
{
	char *text = press_text(p, page), *mark = xasprintf(" rel=\"%s\">", rel),
	     *link = xasprintf("<a href=\"%s\"%s", to ? to : "", mark), *at;
	int marks = 0, links = 0;

	for (at = text; (at = strstr(at, mark)); at++)
		marks++;
	for (at = text; (at = strstr(at, link)); at++)
		links++;
	if (marks != (to ? 2 : 0) || links != marks)
		fail_msg("%s: %d links of %s, %d to %s", page, marks, rel, links, to ? to : "");
	free(text);
	free(mark);
	free(link);
}

static void pages_lead_to_the_next(void **state)
{
	struct press *p = *state;
	char *before, *after;

	print(p, MORNING);
	leads(p, "2026-11-22/index.html", "next", NULL);
	leads(p, "2026-11-22/europe.html", "next", NULL);
	/* A day without news in Europe. */
	press_arrive(p, 11, 2, MORNING + 60);
	print(p, MORNING + DAY);
	leads(p, "2026-11-22/index.html", "next", "../2026-11-23/index.html");
	leads(p, "2026-11-22/europe.html", "next", NULL);
	leads(p, "2026-11-22/asia-pacific.html", "next", NULL);
	leads(p, "2026-11-23/asia-pacific.html", "prev", NULL);
	press_arrive(p, 12, 1, MORNING + DAY + 60);
	print(p, MORNING + 2 * DAY);
	leads(p, "2026-11-22/europe.html", "next", "../2026-11-24/europe.html");
	leads(p, "2026-11-24/europe.html", "prev", "../2026-11-22/europe.html");
	leads(p, "2026-11-23/europe.html", "prev", "../2026-11-22/europe.html");
	leads(p, "2026-11-23/europe.html", "next", NULL);
	leads(p, "2026-11-23/index.html", "next", "../2026-11-24/index.html");
	leads(p, "2026-11-24/index.html", "next", NULL);
	/* Once more, it has the same bytes. */
	before = press_text(p, "2026-11-22/europe.html");
	assert_int_equal(edition_rebuild(p->store, &p->config, 1, NULL), STATUS_OK);
	after = press_text(p, "2026-11-22/europe.html");
	assert_string_equal(after, before);
	free(before);
	free(after);
}

/* An edition of changes alone is one to go to. */
static void changes_are_something(void **state)
{
	struct press *p = *state;

	print(p, MORNING);
	press_run(p,
		"INSERT INTO revision (item_id, n, at, title, html, text) SELECT 1, 0, 1795400000,"
		" item.title, html, text FROM item JOIN article ON item_id = item.id"
		" WHERE item.id = 1;"
		"UPDATE item SET title = 'Law fails', revision = 1 WHERE id = 1;"
		"INSERT INTO arrival (item_id, kind, at) VALUES (1, 1, 1795400000);");
	print(p, MORNING + DAY);
	leads(p, "2026-11-22/europe.html", "next", "../2026-11-23/europe.html");
	press_arrive(p, 11, 1, MORNING + DAY + 60);
	print(p, MORNING + 2 * DAY);
	leads(p, "2026-11-23/europe.html", "next", "../2026-11-24/europe.html");
	leads(p, "2026-11-24/europe.html", "prev", "../2026-11-23/europe.html");
}

static void leave(struct press *p, int id)
{
	char *sql = xasprintf("UPDATE edition SET state = 'leaving' WHERE id = %d", id),
	     *why = NULL;

	press_run(p, sql);
	free(sql);
	if (edition_remove_old(p->store, &p->config, &why) != STATUS_OK)
		fail_msg("%s", why);
	assert_int_equal(shelf_removed(p->store), STATUS_OK);
}

/* Nothing leads to an edition that went, also where it had only changes. */
static void nothing_leads_to_what_has_gone(void **state)
{
	struct press *p = *state;

	print(p, MORNING);
	press_run(p,
		"INSERT INTO revision (item_id, n, at, title, html, text) SELECT 1, 0, 1795400000,"
		" item.title, html, text FROM item JOIN article ON item_id = item.id"
		" WHERE item.id = 1;"
		"UPDATE item SET title = 'Law fails', revision = 1 WHERE id = 1;"
		"INSERT INTO arrival (item_id, kind, at) VALUES (1, 1, 1795400000);");
	print(p, MORNING + DAY);
	press_arrive(p, 11, 2, MORNING + DAY + 60);
	print(p, MORNING + 2 * DAY);
	press_arrive(p, 12, 2, MORNING + 2 * DAY + 60);
	print(p, MORNING + 3 * DAY);
	press_arrive(p, 13, 1, MORNING + 3 * DAY + 60);
	print(p, MORNING + 4 * DAY);
	press_arrive(p, 14, 1, MORNING + 4 * DAY + 60);
	print(p, MORNING + 5 * DAY);
	leave(p, 1);
	leads(p, "2026-11-23/europe.html", "prev", NULL);
	leads(p, "2026-11-25/europe.html", "prev", "../2026-11-23/europe.html");
	leads(p, "2026-11-26/europe.html", "prev", "../2026-11-23/europe.html");
	leave(p, 2);
	assert_false(press_has(p, "2026-11-23/europe.html"));
	leads(p, "2026-11-24/europe.html", "prev", NULL);
	leads(p, "2026-11-25/europe.html", "prev", NULL);
	leads(p, "2026-11-26/europe.html", "prev", NULL);
	leads(p, "2026-11-26/europe.html", "next", "../2026-11-27/europe.html");
	leads(p, "2026-11-24/index.html", "prev", NULL);
}

/* What somebody has removed does not come back, and who writes one edition again changes no other.
 */
static void only_the_way_is_written(void **state)
{
	struct press *p = *state;
	char *path, *before, *after;

	print(p, MORNING);
	path = xasprintf("%s/2026-11-22/europe.html", p->digests);
	assert_int_equal(unlink(path), 0);
	free(path);
	press_arrive(p, 11, 1, MORNING + 60);
	press_arrive(p, 12, 2, MORNING + 60);
	print(p, MORNING + DAY);
	assert_false(press_has(p, "2026-11-22/europe.html"));
	leads(p, "2026-11-22/index.html", "next", "../2026-11-23/index.html");
	before = press_text(p, "2026-11-22/index.html");
	p->config.name = "Another Name";
	assert_int_equal(edition_rebuild(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	after = press_text(p, "2026-11-23/index.html");
	assert_non_null(strstr(after, "Another Name"));
	free(after);
	after = press_text(p, "2026-11-22/index.html");
	assert_string_equal(after, before);
	free(before);
	free(after);
}

/* Sections with times of their own have neighbours of their own. */
static void a_rare_section_leads_over_days(void **state)
{
	static const int morning[] = {390}, evening[] = {1110};
	struct config_section own[] = {press_sections[0], press_sections[1]};
	struct press *p = *state;
	int day;

	p->config.prints_empty = false;
	p->config.schedule = (struct schedule){morning, 1, 0x7F};
	own[1].schedule = (struct schedule){evening, 1, 1 << 0}; /* Sundays */
	p->config.sections = own;
	press_arrive(p, 11, 2, MORNING - 60);
	assert_int_equal(press_make_due(p, EVENING), STATUS_OK);
	publish(p, p->row.id);
	for (day = 1; day <= 8; day++) {
		press_arrive(p, 20 + day, day == 5 ? 2 : 1, EVENING + day * DAY - 80000);
		if (press_make_due(p, MORNING + day * DAY) == STATUS_OK)
			publish(p, p->row.id);
		if (press_make_due(p, EVENING + day * DAY) == STATUS_OK)
			publish(p, p->row.id);
	}
	assert_true(press_has(p, "latest-asia-pacific/asia-pacific.html"));
	leads(p, "2026-11-22/asia-pacific.html", "next", "../2026-11-29-2/asia-pacific.html");
	leads(p, "2026-11-29-2/asia-pacific.html", "prev", "../2026-11-22/asia-pacific.html");
	leads(p, "2026-11-26/europe.html", "next", "../2026-11-28/europe.html");
}

static void says(struct press *p, const char *file, const char *what, bool is_said)
{
	char *text = press_text(p, file);

	if ((strstr(text, what) != NULL) != is_said)
		fail_msg("%s: %s %s", file, what, is_said ? "is missing" : "is there");
	free(text);
}

/* An item that feeds of two sections have is printed in one; the other one says where. */
static void a_section_names_what_another_has(void **state)
{
	static const char line[] = "<li>See also in Europe: <bdi><a href=\"%s#a-1\">"
				   "Harbour law passes in parliament</a>";
	struct config_section own[] = {press_sections[0], press_sections[1]};
	struct press *p = *state;
	char *here = xasprintf(line, "europe.html");

	p->config.sections = own;
	/* Item 2 is folded into the story of item 1; item 3 was not seen before the edition. */
	press_run(p,
		"INSERT INTO feed (id, url, title, section_id) VALUES"
		" (3, 'https://pacific.example/feed', 'Pacific', 2);"
		"INSERT INTO sighting (feed_id, guid, item_id, first_seen_at, last_seen_at) VALUES"
		" (1, 'a', 1, 1795300000, 1795300000), (2, 'b', 2, 1795300000, 1795300000),"
		" (3, 'c', 2, 1795300100, 1795300100), (2, 'd', 3, 1795300000, 1795300000),"
		" (3, 'e', 3, 1795400000, 1795400000)");
	print(p, MORNING);
	says(p, "2026-11-22/asia-pacific.html", "See also", false);
	assert_int_equal(
		press_count(p, "SELECT count(*) FROM edition_note WHERE kind = 'elsewhere'"), 0);

	press_run(p,
		"DELETE FROM edition_item; DELETE FROM edition_section; DELETE FROM edition_note;"
		"DELETE FROM edition_source; DELETE FROM edition;"
		"UPDATE section SET closed_at = 0, closed_seq = 0");
	own[1].sees_also = true;
	print(p, MORNING);
	says(p, "2026-11-22/asia-pacific.html", here, true);
	says(p, "2026-11-22/asia-pacific.html", "On lighthouses", false);
	says(p, "2026-11-22/europe.html", "See also", false);
	says(p, "2026-11-22/asia-pacific.md", "[Harbour law passes in parliament](<europe.md#a-1>)",
		true);
	says(p, "2026-11-22/asia-pacific.txt", "See also in Europe: Harbour law", true);
	says(p, "2026-11-22/asia-pacific.json", "\"slug\": \"europe\"", true);
	/* It stays as it was said, and is not said again. */
	own[1].sees_also = false;
	press_run(p, "DELETE FROM sighting");
	assert_int_equal(edition_rebuild(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	says(p, "2026-11-22/asia-pacific.html", here, true);
	own[1].sees_also = true;
	press_arrive(p, 11, 2, MORNING + 60);
	print(p, MORNING + DAY);
	says(p, "2026-11-23/asia-pacific.html", "See also", false);
	/* On the front page the section without news takes no time to read. */
	says(p, "2026-11-23/index.html", "1 story \xC2\xB7 1 source \xC2\xB7 1 min read", true);
	free(here);
}

/* What was printed since it closed last. */
static void a_rare_section_names_what_others_had(void **state)
{
	static const int morning[] = {390}, evening[] = {1110};
	struct config_section own[] = {press_sections[0], press_sections[1]};
	struct press *p = *state;

	p->config.schedule = (struct schedule){morning, 1, 0x7F};
	own[1].schedule = (struct schedule){evening, 1, 1 << 0};
	own[1].sees_also = true;
	p->config.sections = own;
	press_run(p, "INSERT INTO feed (id, url, title, section_id) VALUES"
		     " (3, 'https://pacific.example/feed', 'Pacific', 2);");
	press_arrive(p, 11, 2, MORNING - 60);
	assert_int_equal(press_make_due(p, EVENING), STATUS_OK);
	publish(p, p->row.id);
	press_arrive(p, 12, 1, EVENING + 60);
	press_run(p,
		"INSERT INTO sighting (feed_id, guid, item_id, first_seen_at, last_seen_at) VALUES"
		" (1, 'a', 12, 1795300000, 1795300000), (3, 'b', 12, 1795300000, 1795300000);");
	assert_int_equal(press_make_due(p, MORNING + DAY), STATUS_OK);
	publish(p, p->row.id);
	press_arrive(p, 13, 2, MORNING + DAY + 60);
	assert_int_equal(press_make_due(p, EVENING + 7 * DAY), STATUS_OK);
	publish(p, p->row.id);
	says(p, "latest/asia-pacific.html",
		"<a href=\"../2026-11-23/europe.html#a-12\">Story number 12</a>", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			pages_lead_to_the_next, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			changes_are_something, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			nothing_leads_to_what_has_gone, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			only_the_way_is_written, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			a_rare_section_leads_over_days, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			a_section_names_what_another_has, press_set_up, press_tear_down),
		cmocka_unit_test_setup_teardown(
			a_rare_section_names_what_others_had, press_set_up, press_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
