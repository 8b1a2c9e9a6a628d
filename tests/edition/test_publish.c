/* An edition from the store to its files, and what may go wrong on the way. */
#include "core/date.h"
#include "core/mem.h"
#include "core/str.h"
#include "edition/edition.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const formats[] = {"html", "markdown", "text", "json", "atom", "epub"};
static const struct config_section sections[] = {
	{.title = "Europe", .slug = "europe", .weight = 1, .print = PRINT_FULL},
	{.title = "Asia-Pacific", .slug = "asia-pacific", .weight = 1, .print = PRINT_EXCERPT},
};

static const char world[] =
	"INSERT INTO section (id, title, slug, position) VALUES"
	" (1, 'Europe', 'europe', 0), (2, 'Asia-Pacific', 'asia-pacific', 1);"
	"INSERT INTO feed (id, url, title, section_id) VALUES"
	" (1, 'https://courier.example/feed', 'Courier', 1),"
	" (2, 'https://ledger.example/feed', 'Ledger', 1);"
	"INSERT INTO item (id, url, title, feed_id, section_id, state, first_seen_at, published_at)"
	" VALUES (1, 'https://courier.example/1', 'Harbour law passes in parliament', 1, 1,"
	" 'ready', 1795300000, 1795300000),"
	" (2, 'https://ledger.example/2', 'Parliament passes harbour law', 2, 1, 'ready',"
	" 1795300100, 1795300100),"
	" (3, 'https://ledger.example/3', 'On lighthouses', 2, 1, 'ready', 1795300200,"
	" 1795300200);"
	"INSERT INTO article (item_id, html, text, words, quality, source, fetched_at)"
	" VALUES (1, '<p>The law passed.</p><p>At last.</p>', 'The law passed.', 5, 0.9, 'page', 1),"
	" (2, '<p>It passed.</p>', 'It passed.', 2, 0.8, 'page', 1),"
	" (3, '<p>A lighthouse is a promise.</p>', 'A lighthouse is a promise.', 5, 0.9, 'page', 1);"
	"INSERT INTO arrival (item_id, kind, at) VALUES (1, 0, 1795300010), (2, 0, 1795300110),"
	" (3, 0, 1795300210);";

struct press {
	char dir[32];
	char *digests;
	struct store *store;
	struct config config;
	struct edition_row row;
};

static void run(struct press *p, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(store_db(p->store), sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s", error);
}

static enum status make(struct press *p, int64_t now)
{
	enum status status;

	edition_row_finish(&p->row);
	memset(&p->row, 0, sizeof(p->row));
	assert_int_equal(store_begin(p->store), STATUS_OK);
	status = edition_make(p->store, &p->config, now, &p->row);
	if (status == STATUS_OK)
		assert_int_equal(store_commit(p->store), STATUS_OK);
	else
		store_rollback(p->store);
	return status;
}

static int set_up(void **state)
{
	struct press *p = xcalloc(1, sizeof(*p));
	char *path;

	strcpy(p->dir, "/tmp/diurna-press-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	path = xasprintf("%s/store.db", p->dir);
	p->digests = xasprintf("%s/digests", p->dir);
	assert_int_equal(store_open(path, STORE_WRITE, &p->store, NULL), STATUS_OK);
	free(path);
	p->config.digest_dir = p->digests;
	p->config.timezone = "Europe/Paris";
	p->config.language = "en";
	p->config.name = "The Test";
	p->config.formats = formats;
	p->config.format_count = ARRAY_LEN(formats);
	p->config.sections = sections;
	p->config.section_count = ARRAY_LEN(sections);
	p->config.prints_empty = true;
	p->config.max_first = 100;
	p->config.max_age_s = INT32_MAX;
	run(p, world);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct press *p = *state;
	char *command = xasprintf("rm -rf '%s'", p->dir);

	store_close(p->store);
	edition_row_finish(&p->row);
	assert_int_equal(system(command), 0);
	free(command);
	free(p->digests);
	free(p);
	return 0;
}

static char *read_text(struct press *p, const char *name)
{
	char *path = xasprintf("%s/%s", p->digests, name), *text = NULL;
	FILE *file = fopen(path, "re");
	struct stat info;

	if (!file)
		fail_msg("%s is missing", path);
	assert_int_equal(fstat(fileno(file), &info), 0);
	text = xcalloc(1, (size_t)info.st_size + 1);
	assert_int_equal(fread(text, 1, (size_t)info.st_size, file), info.st_size);
	fclose(file);
	free(path);
	return text;
}

static bool is_there(struct press *p, const char *name)
{
	char *path = xasprintf("%s/%s", p->digests, name);
	bool is = access(path, F_OK) == 0;

	free(path);
	return is;
}

static void no_leftovers(struct press *p, const char *folder)
{
	char *path = xasprintf("%s/%s", p->digests, folder);
	DIR *dir = opendir(path);
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		assert_false(str_ends(entry->d_name, ".new"));
	closedir(dir);
	free(path);
}

enum { MORNING = 1795325400 }; /* 2026-11-22T05:30:00Z */

static void an_edition_becomes_files(void **state)
{
	static const char *const files[] = {"2026-11-22/europe.html", "2026-11-22/europe.md",
		"2026-11-22/europe.txt", "2026-11-22/europe.json", "2026-11-22/europe.atom",
		"2026-11-22/asia-pacific.html", "2026-11-22/diurna-2026-11-22.epub",
		"2026-11-22/index.html", "index.html", "latest/index.html", "feeds/europe.atom"};
	struct press *p = *state;
	char *why = NULL, *text, *link;
	char target[64] = {0};
	size_t i;

	assert_int_equal(make(p, MORNING), STATUS_OK);
	assert_string_equal(p->row.name, "2026-11-22");
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, &why), STATUS_OK);
	assert_null(why);
	for (i = 0; i < ARRAY_LEN(files); i++) {
		if (!is_there(p, files[i]))
			fail_msg("%s is missing", files[i]);
	}
	no_leftovers(p, "2026-11-22");
	no_leftovers(p, ".");
	link = xasprintf("%s/latest", p->digests);
	assert_true(readlink(link, target, sizeof(target) - 1) > 0);
	assert_string_equal(target, "2026-11-22");
	free(link);
	text = read_text(p, "2026-11-22/europe.html");
	assert_non_null(strstr(text, "A lighthouse is a promise."));
	assert_non_null(strstr(text, "Also reported by"));
	assert_non_null(strstr(text, "2 stories"));
	free(text);
	text = read_text(p, "index.html");
	assert_non_null(strstr(text, "href=\"2026-11-22/index.html\""));
	assert_non_null(strstr(text, "Courier"));
	free(text);
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

	assert_int_equal(make(p, MORNING), STATUS_OK);
	first = p->row.id;
	assert_int_equal(edition_publish(p->store, &p->config, first, NULL), STATUS_OK);
	for (i = 0; i < ARRAY_LEN(files); i++)
		before[i] = read_text(p, files[i]);
	run(p, "INSERT INTO revision (item_id, n, at, title, html, text) SELECT 1, 0, 1795400000,"
	       " item.title, html, text FROM item JOIN article ON item_id = item.id WHERE item.id = 1;"
	       "UPDATE item SET title = 'Law fails', revision = 1 WHERE id = 1;"
	       "UPDATE article SET html = '<p>It failed after all.</p>' WHERE item_id = 1;"
	       "INSERT INTO arrival (item_id, kind, at) VALUES (1, 1, 1795400000);");
	assert_int_equal(make(p, MORNING + 86400), STATUS_OK);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	assert_int_equal(edition_publish(p->store, &p->config, first, NULL), STATUS_OK);
	for (i = 0; i < ARRAY_LEN(files); i++) {
		char *after = read_text(p, files[i]);

		assert_string_equal(after, before[i]);
		free(after);
		free(before[i]);
	}
	before[0] = read_text(p, "2026-11-23/europe.html");
	assert_non_null(strstr(before[0], "Law fails"));
	assert_non_null(strstr(before[0], "../2026-11-22/europe.html"));
	free(before[0]);
	/* The older one, written last, is not the latest. */
	before[0] = read_text(p, "latest/europe.html");
	assert_non_null(strstr(before[0], "23 November"));
	free(before[0]);
}

static void a_failed_format_spoils_nothing_else(void **state)
{
	struct press *p = *state;
	char *path, *why = NULL;

	assert_int_equal(make(p, MORNING), STATUS_OK);
	assert_int_equal(mkdir(p->digests, 0755), 0);
	path = xasprintf("%s/2026-11-22", p->digests);
	assert_int_equal(mkdir(path, 0755), 0);
	free(path);
	path = xasprintf("%s/2026-11-22/europe.md", p->digests); /* in the way of the rename */
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, &why), STATUS_IO);
	assert_non_null(strstr(why, "europe.md"));
	free(why);
	assert_true(is_there(p, "2026-11-22/europe.html"));
	assert_true(is_there(p, "2026-11-22/europe.txt"));
	assert_true(is_there(p, "2026-11-22/index.html"));
	no_leftovers(p, "2026-11-22");
	assert_int_equal(rmdir(path), 0);
	free(path);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, &why), STATUS_OK);
	assert_null(why);
}

static void no_room_for_digests(void **state)
{
	struct press *p = *state;
	char *why = NULL;

	assert_int_equal(make(p, MORNING), STATUS_OK);
	p->config.digest_dir = "/proc/self/nothing";
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, &why), STATUS_IO);
	assert_non_null(strstr(why, "/proc/self/nothing"));
	free(why);
}

static void an_empty_day_is_printed_if_wanted(void **state)
{
	struct press *p = *state;
	char *text;

	assert_int_equal(make(p, MORNING), STATUS_OK);
	p->config.prints_empty = false;
	assert_int_equal(make(p, MORNING + 86400), STATUS_NOT_FOUND);
	p->config.prints_empty = true;
	assert_int_equal(make(p, MORNING + 86400), STATUS_OK);
	assert_string_equal(p->row.name, "2026-11-23");
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	text = read_text(p, "2026-11-23/europe.html");
	assert_non_null(strstr(text, "Nothing new arrived."));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_edition_becomes_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_printed_edition_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_failed_format_spoils_nothing_else, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_room_for_digests, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_empty_day_is_printed_if_wanted, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
